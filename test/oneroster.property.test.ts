import fc from 'fast-check';
import { ingest } from '../subgraphs/reporting/published';
import { foldAll } from '../subgraphs/reporting/rollup/fold';
import { verify } from '../subgraphs/reporting/rollup/verify';
import type { Database } from '../subgraphs/shared/database/database';
import { createTestDatabase, type TestDatabase } from './database';
import { connectApplication, connectOwner, createTenant } from './fixture';
import { importInto } from './oneroster';
import { bundleOfStep, lives, Reading } from './oneroster-life';
import { look } from './sample-bundle';

const runs = Number(process.env.STRATA_PROPERTY_RUNS ?? 15);
const now = new Date('2026-03-20T12:00:00Z');
const levels: Record<string, string[]> = {
  us: ['country', 'state', 'school_district', 'school'],
  india: ['country', 'state', 'district', 'block', 'cluster', 'school'],
  sap: ['country', 'school'],
};

let database: TestDatabase;
let owner: Database;
let application: Database;
let serial = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = await connectOwner(database.url);
  application = await connectApplication(database.url);
});
afterAll(async () => {
  await application.close();
  await owner.close();
  await database.drop();
});

/** What stands in the database, in the words of the reading. */
async function found(tenant: number) {
  const rows = <Row>(sql: string): Promise<Row[]> => look<Row>(database, sql.replaceAll('$tenant', String(tenant)));
  const groups = await rows<{ name: string }>(
    `select type || ' ' || external_id as name from groups where tenant_id = $tenant`,
  );
  const groupParents = await rows<{ child: string; parent: string | null }>(
    `select child.type || ' ' || child.external_id as child, parent.type || ' ' || parent.external_id as parent
     from group_placements placed
     join groups child on child.tenant_id = placed.tenant_id and child.id = placed.group_id
     left join groups parent on parent.tenant_id = placed.tenant_id and parent.id = placed.parent_id
     where placed.tenant_id = $tenant`,
  );
  const classes = await rows<{ id: string; active: boolean; parent: string | null; in_tree: boolean }>(
    `select classes.external_id as id, classes.active, parent.type || ' ' || parent.external_id as parent,
       exists (select from tree_nodes where tree_nodes.tenant_id = classes.tenant_id
         and tree_nodes.group_id = placed.parent_id and tree_nodes.hierarchy_id = placed.hierarchy_id) as in_tree
     from classes
     left join class_placements placed on placed.tenant_id = classes.tenant_id and placed.class_id = classes.id
     left join groups parent on parent.tenant_id = placed.tenant_id and parent.id = placed.parent_id
     where classes.tenant_id = $tenant order by 1`,
  );
  const enrolled = await rows<{ key: string; day: string }>(
    `select concat_ws(' ', classes.external_id, people.external_id, enrolments.type) as key,
       (enrolments.enrolled_at at time zone 'UTC')::date::text as day
     from enrolments
     join classes on classes.tenant_id = enrolments.tenant_id and classes.id = enrolments.class_id
     join people on people.tenant_id = enrolments.tenant_id and people.id = enrolments.person_id
     where enrolments.tenant_id = $tenant and enrolments.status = 'ACTIVE'`,
  );
  const people = await rows<{ id: string; roles: string[] }>(
    `select external_id as id, roles from people where tenant_id = $tenant order by id`,
  );
  return { groups, groupParents, classes, enrolled, people };
}

async function compare(tenant: number, reading: Reading): Promise<void> {
  const { groups, groupParents, classes, enrolled, people } = await found(tenant);
  expect(groups.map(({ name }) => name).sort()).toEqual(reading.groups);
  expect(new Map(groupParents.map(({ child, parent }) => [child, parent]))).toEqual(reading.groupParents);
  const placed = classes.filter(({ parent }) => parent !== null);
  expect(new Map(placed.map(({ id, parent }) => [id, parent]))).toEqual(reading.classParents);
  expect(classes.filter(({ in_tree: inTree }) => !inTree).map(({ id }) => id).sort()).toEqual(reading.uncategorised);
  expect(classes.filter(({ active }) => active).map(({ id }) => id)).toEqual(reading.activeClasses);
  expect(new Map(people.map(({ id, roles }) => [id, [...roles].sort()]))).toEqual(reading.rolesOfUsers);

  const expected = reading.enrolled('2026-03-20');
  const told = new Map(expected.map(line => [line.slice(0, line.lastIndexOf(' ')), line.slice(line.lastIndexOf(' ') + 1)]));
  const lines = enrolled.map(({ key, day }) => `${key} ${told.get(key) === '?' ? '?' : day}`);
  expect(lines.sort()).toEqual(expected);
}

/** Activity in every class there is, some of it stored already when the next bundle moves things. */
async function live(tenant: number, round: number): Promise<number> {
  const classes = await look<{ id: string }>(database, `select external_id as id from classes where tenant_id = ${tenant}`);
  const people = await look<{ id: string }>(database, `select external_id as id from people where tenant_id = ${tenant}`);
  const events = people.slice(0, 1).flatMap(person =>
    classes.map(({ id }) => ({
      eventId: `${round} ${id}`, classId: id, userId: person.id, occurredAt: '2026-03-10T10:00:00Z', score: 50,
    })),
  );
  const { accepted } = await application.transaction(tenant, 'write', tx => ingest(tx, events, { now, ids: 'external' }));
  if (round % 2 === 0) await foldAll(application, tenant);
  return accepted;
}

test('whatever bundles come, the roster is what they say, in 1.1 and in 1.2, and every sum agrees', async () => {
  await fc.assert(
    fc.asyncProperty(lives, async ({ version, hierarchy, steps }) => {
      const key = `life-${serial++}`;
      const { number } = await createTenant(owner, { key, hierarchy });
      const reading = new Reading(version, levels[hierarchy]!);
      for (const [round, step] of steps.entries()) {
        const bundle = bundleOfStep(step, version);
        if (!bundle) continue;
        const imported = { bundle, tenant: { number, key }, now };
        const { rejected } = await importInto(database, imported);
        for (const { file, reason } of rejected) {
          expect([file, reason]).toEqual([expect.stringMatching(/^(enrollments|roles)\.csv$/), expect.stringContaining('there is no')]);
        }
        reading.take(step);
        await compare(number, reading);
        await live(number, round);

        const { files, changes } = await importInto(database, imported);
        expect(Object.values(changes).flatMap(Object.values).filter(rows => rows !== 0)).toEqual([]);
        for (const { added, changed, ended } of Object.values(files)) expect([added, changed, ended]).toEqual([0, 0, 0]);
      }
      const { differences } = await application.transaction(number, 'read', tx => verify(tx));
      expect(differences).toEqual([]);
    }),
    { numRuns: runs },
  );
}, 60_000 + runs * 3_000);
