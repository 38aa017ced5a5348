import fc from 'fast-check';
import {
  selectClassesChangingOther,
  selectPeopleChangingView,
} from '../subgraphs/hierarchy/settings/hierarchy-change.queries';
import { buildMissing, forgetStoredLevels } from '../subgraphs/reporting/rollup/build';
import { Database, type Transaction } from '../subgraphs/shared/database/database';
import { createTestDatabase, type TestDatabase } from './database';
import { createTenant, type KnownTenant } from './fixture';
import { startGuardedTenants } from './guarded-tenants';
import { ModelTenant } from './model-tenant';
import { pick, take, tenants } from './random-life';
import { startGateway } from './start-gateway';
import { twoHierarchies } from './two-hierarchies';

const runs = Number(process.env.STRATA_PROPERTY_RUNS ?? 60);
const hierarchies = ['india', 'us'];

const someone = fc.record({
  granted: fc.array(fc.nat(30), { maxLength: 3 }),
  taught: fc.array(fc.nat(30), { maxLength: 2 }),
  roles: fc.subarray(['TEACHER', 'OFFICER', 'LEARNER', 'ORG_ADMIN'] as const),
});

interface Someone {
  granted: number[];
  taught: number[];
  roles: readonly string[];
}

/** What somebody covers while a hierarchy is the tenant's own, by the rule in plain words. */
function covered(tenant: ModelTenant, own: string, { granted, taught, roles }: Someone): Set<number> {
  const stands = (hierarchy: string, group: number) => tenant.wayUp(hierarchy, group) !== null;
  const all = tenant.classes.map(({ id }) => id);
  if (roles.includes('ORG_ADMIN')) return new Set(all);
  const isTeacher = roles.includes('TEACHER');
  if (!isTeacher && !roles.includes('OFFICER')) return new Set();
  const found = new Set(isTeacher ? taught.filter(id => tenant.classes.find(klass => klass.id === id)!.active) : []);
  for (const group of granted) {
    const through = stands(own, group) ? [own] : hierarchies.filter(hierarchy => stands(hierarchy, group));
    for (const id of all) if (through.some(hierarchy => tenant.above(hierarchy, id).includes(group))) found.add(id);
  }
  return found;
}

describe('what a change of hierarchy would do', () => {
  let testDatabase: TestDatabase;
  let owner: Database;
  let database: Database;
  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    owner = await Database.connect({ url: testDatabase.url, stepDown: false, entities: [] });
    database = await Database.connect({ url: testDatabase.url, stepDown: true, entities: [] });
  });
  afterAll(async () => {
    await database.close();
    await owner.close();
    await testDatabase.drop();
  });

  test('is told in classes and people, as counted by hand', async () => {
    let number = 0;
    await fc.assert(
      fc.asyncProperty(tenants, fc.array(someone, { maxLength: 5 }), async ({ steps, grown: _, parents: __, ...shape }, people) => {
        const tenant = await ModelTenant.create({ owner, application: database }, { name: `preview-${number++}`, ...shape });
        for (const each of steps) await take(tenant, each);
        const known: Someone[] = people.map(({ granted, taught, roles }) => ({
          granted: [...new Set(granted.map(index => pick(tenant.groups, index).id))],
          taught: [...new Set(taught.map(index => pick(tenant.classes, index).id))],
          roles,
        }));
        const ids = await owner.transaction(tenant.tenantId, 'write', async tx => {
          for (const [index, { granted, taught, roles }] of known.entries()) {
            await tx.query(
              `with person as (
                 insert into people (tenant_id, external_id, login, roles) values ($1, $2, $2, $3) returning id
               ), granted as (
                 insert into access_grants (tenant_id, person_id, group_id)
                 select $1, person.id, unnest($4::int[]) from person
               )
               insert into enrolments (tenant_id, class_id, person_id, type, status, enrolled_at)
               select $1, unnest($5::int[]), person.id, 'TEACHER', 'ACTIVE', now() from person`,
              [tenant.tenantId, `someone ${index}`, roles.length > 0 ? roles : ['LEARNER'], granted, taught],
            );
          }
          const rows = await tx.query<{ id: number; key: string }>('select id, key from hierarchies');
          return new Map(rows.map(({ id, key }) => [key, id]));
        });

        for (const [from, to] of [hierarchies, [...hierarchies].reverse()] as [string, string][]) {
          const inOther = (hierarchy: string) =>
            new Set(tenant.classes.filter(({ id, active }) => active && tenant.above(hierarchy, id).length === 0).map(({ id }) => id));
          const missing = (one: Set<number>, other: Set<number>) => [...one].filter(id => !other.has(id)).length;
          const views = known.map(person => ({ now: covered(tenant, from, person), then: covered(tenant, to, person) }));
          const change = { from: ids.get(from)!, to: ids.get(to)! };
          const told = await database.transaction(tenant.tenantId, 'read', async tx => ({
            ...(await selectClassesChangingOther(tx, change)),
            ...(await selectPeopleChangingView(tx, change)),
          }));
          expect(told).toEqual({
            classesToOther: missing(inOther(to), inOther(from)),
            classesFromOther: missing(inOther(from), inOther(to)),
            usersGainingAccess: views.filter(({ now, then }) => missing(then, now) > 0).length,
            usersLosingAccess: views.filter(({ now, then }) => missing(now, then) > 0).length,
          });
        }
      }),
      { numRuns: runs },
    );
  }, 60_000 + runs * 2_000);
});

describe('hierarchyChangePreview', () => {
  const fields = 'classesToOther classesFromOther usersGainingAccess usersLosingAccess levelsToBuild rowsToRead';
  const preview = (hierarchy: string) => `{ preview: hierarchyChangePreview(hierarchyId: "${hierarchy}") { hierarchyId ${fields} } }`;

  test('tells an administrator, before and after the change, and nobody else', async () => {
    const world = await startGuardedTenants();
    try {
      const admin = world.as('admin');
      const read = async (hierarchy: string) => (await world.gateway.read(admin, preview(hierarchy))).preview;
      const nothing = { classesToOther: 0, classesFromOther: 0, usersGainingAccess: 0, usersLosingAccess: 0 };
      expect(await read('india')).toMatchObject({ hierarchyId: 'india', ...nothing });
      // e1 and s1 fall into other, loose leaves it; closed is not active. The partner's b covers the same either way,
      // and north, which does not stand in sap, covers what it covers in india.
      const change = { ...nothing, classesToOther: 2, classesFromOther: 1 };
      expect(await read('sap')).toMatchObject({ hierarchyId: 'sap', ...change });
      // A grant of a group that stands in both, and covers other classes there.
      await world.gateway.read(
        admin,
        `mutation { grantAccess(userId: "${world.acme.personId('stranger')}", groupId: "${world.acme.nodeId('a')}") { userId } }`,
      );
      expect(await read('sap')).toMatchObject({ ...change, usersGainingAccess: 1 });
      for (const person of ['northerner', 'partner', 'teacher', 'learner']) {
        expect(await world.gateway.codes(world.as(person), preview('sap'))).toEqual(['FORBIDDEN']);
      }
      expect(await world.gateway.codes(admin, preview('nowhere'))).toEqual(['NOT_FOUND']);
      expect(await world.gateway.codes(admin, preview('us'))).toEqual(['BAD_USER_INPUT']);
      const { tenantSettings } = await world.gateway.read(admin, '{ tenantSettings { version } }');
      const set = (to: string, version: number) =>
        world.gateway.read(admin, `mutation { setApplicableHierarchy(hierarchyId: "${to}", expectedVersion: ${version}) { version } }`);
      await set('sap', tenantSettings.version);
      expect(await read('sap')).toMatchObject(nothing);
      expect(await read('india')).toMatchObject({ ...nothing, classesToOther: 1, classesFromOther: 2, usersLosingAccess: 1 });
    } finally {
      await world.gateway.close();
    }
    expect(world.gateway.bugs).toEqual([]);
  });

  test('names the levels that are still to be built, and the rows that takes', async () => {
    const acme: KnownTenant[] = [];
    const gateway = await startGateway({
      fill: async owner => acme.push(await createTenant(owner, twoHierarchies('acme'))),
      now: new Date('2026-03-20T12:00:00Z'),
      background: false,
    });
    try {
      const admin = { subject: 'admin', tenant: 'acme', roles: ['ORG_ADMIN' as const] };
      const read = async () => {
        const { preview: told } = await gateway.read(admin, preview('india'));
        return { levels: told.levelsToBuild, rows: told.rowsToRead };
      };
      const { database } = gateway.service.subgraph('reporting');
      const write = (work: (tx: Transaction) => Promise<unknown>) => database.transaction(acme[0]!.number, 'write', work);
      const events = ['a1', 'a2', 'b1', 'b1'].map((classId, n) => ({
        ...{ eventId: `e${n}`, classId, userId: 'ann', score: 50, occurredAt: `2026-03-0${n + 1}T10:00:00Z` },
      }));
      await gateway.send(admin, events);
      const storedLevels = ['country', 'state', 'district', 'school'];
      expect(await read()).toEqual({ levels: storedLevels, rows: 4 });
      await write(buildMissing);
      expect(await read()).toEqual({ levels: [], rows: 0 });
      const { id } = (await database.transaction(acme[0]!.number, 'read', tx =>
        tx.query<{ id: number }>(`select id from hierarchies where key = 'india'`)))[0]!;
      await write(tx => forgetStoredLevels(tx, id));
      // a1 and a2 are one cell with a day each, b1 is one with two.
      expect(await read()).toEqual({ levels: storedLevels, rows: 4 });
    } finally {
      await gateway.close();
    }
  });
});
