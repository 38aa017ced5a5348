import type { Database } from '../../subgraphs/shared/database/database';
import { platformTenant } from '../../migrations/row-level-security';
import { publicId } from '../../subgraphs/shared/identifiers';
import { createTenant, type TenantFixture } from '../fixture';
import { insertRows } from '../fixture.queries';
import { nameEverything, selectNumbers } from './plant-world.queries';
import { plantRoster } from './plant-roster';
import { parentOf } from './worlds-of-callers';
import type { World, WorldTenant } from './world';

/** Puts a world's rows into the database, past the service, and its numbers into the world. Activity comes by the door. */
export async function plantWorld(owner: Database, { tenants }: World): Promise<void> {
  const [platform, ...customers] = tenants as [WorldTenant, ...WorldTenant[]];
  platform.number = platformTenant;
  await owner.transaction(platformTenant, 'write', tx =>
    insertRows(tx, 'people', platform.people.map(({ externalId, roles }) => ({ external_id: externalId, login: externalId, roles }))),
  );
  for (const tenant of customers) tenant.number = (await createTenant(owner, fixtureOf(tenant))).number;
  for (const tenant of tenants) {
    tenant.id = publicId('tenant', tenant.number);
    await owner.transaction(platformTenant, 'write', tx => nameEverything.tenant(tx, tenant));
    await owner.transaction(tenant.number, 'write', async tx => {
      await nameEverything.rows(tx, tenant);
      const numbers = await selectNumbers(tx);
      const give = (kind: 'group' | 'class' | 'person', thing: { externalId: string; number: number; id: string }) => {
        thing.number = numbers.get(`${kind} ${thing.externalId}`)!;
        thing.id = publicId(kind, thing.number);
      };
      for (const group of tenant.groups) give('group', group);
      for (const klass of tenant.classes) give('class', klass);
      for (const person of tenant.people) give('person', person);
      for (const competency of tenant.competencies) competency.id = publicId('competency', numbers.get(`competency ${competency.code}`)!);
      await plantRoster(tx, tenant);
    });
  }
}

/** The tenant as test/fixture.ts wants it: names there are the customer's identifiers. */
function fixtureOf(tenant: WorldTenant): TenantFixture {
  const { key, ownHierarchy, timeZone, groups, classes, people, enrolments, competencies, statuses } = tenant;
  return {
    ...{ key, hierarchy: ownHierarchy, timeZone },
    groups: Object.fromEntries(groups.map(({ externalId, type }) => [externalId, type])),
    classes: Object.fromEntries(
      classes.map(({ externalId, grade, subject, active }) => [externalId, { grade, subject, active }]),
    ),
    placements: Object.fromEntries(
      Object.entries(tenant.parents).map(([hierarchy, placed]) => [
        hierarchy,
        Object.fromEntries([...placed.keys()].map(child => [child.externalId, parentOf(tenant, hierarchy, child)?.externalId ?? null])),
      ]),
    ),
    people: Object.fromEntries(people.map(({ externalId, roles }) => [externalId, roles])),
    grants: Object.fromEntries(people.map(({ externalId, grants }) => [externalId, grants.map(group => group.externalId)])),
    enrolments: enrolments.map(({ klass, person, type, enrolledAt, endedAt }) => ({
      ...{ class: klass.externalId, person: person.externalId, type, enrolledAt },
      ...(endedAt === null ? {} : { endedAt }),
    })),
    competencies,
    statuses: statuses.map(({ person, competency, day, status }) => ({
      ...{ person: person.externalId, competency: competency.code, day, status },
    })),
  };
}
