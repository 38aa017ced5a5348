import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pick, Random } from '../cli/generate/random';
import { countDifferences } from '../subgraphs/reporting/rollup/verify';
import { rehome, type Rehoming } from '../subgraphs/hierarchy/groups/rehome';
import type { Database } from '../subgraphs/shared/database/database';
import { createTestDatabase, type TestDatabase } from './database';
import { connectApplication, connectOwner } from './fixture';
import { eventsOf, now, restlessTenant } from './restless-tenant';
import { RetentionLife, type Shown } from './retention-life';
import { strata } from './strata-command';

let database: TestDatabase;
let owner: Database;
let application: Database;
let dir: string;
beforeAll(async () => {
  database = await createTestDatabase();
  owner = await connectOwner(database.url);
  application = await connectApplication(database.url);
  dir = mkdtempSync(path.join(os.tmpdir(), 'strata-rehome-'));
});
afterAll(async () => {
  rmSync(dir, { recursive: true });
  await owner.close();
  await application.close();
  await database.drop();
});

const begin = async (key: string): Promise<RetentionLife> => {
  const life = await RetentionLife.begin({ owner, application }, { key, times: { figureDays: 3_000 }, now });
  await life.send(eventsOf(0, 250));
  await life.restless.build('everything');
  await life.send(eventsOf(250, 50));
  return life;
};

const types = restlessTenant('').groups!;
const periods = [{ from: '2026-01-01', through: '2026-03-31' }, { from: '2026-02-10', through: '2026-02-20' }];
const measures = ['scoreSum', 'attempts', 'collectionSeconds', 'assessmentSeconds'] as const;
const rowsOf = (map: Record<string, string>): Rehoming[] =>
  Object.entries(map).map(([oldId, newId], index) => ({ line: index + 2, oldId, newId, type: null }));
const run = (life: RetentionLife, map: Record<string, string>) =>
  application.transaction(life.tenant.number, 'write', tx => rehome(tx, rowsOf(map), now));

const rows = <Row extends object>(life: RetentionLife, sql: string): Promise<Row[]> =>
  owner.transaction(life.tenant.number, 'read', tx => tx.query<Row>(sql, [life.tenant.number]));
/** The parents of groups and classes by name, in each hierarchy. */
const placements = async (life: RetentionLife) =>
  Object.fromEntries(
    (await rows<{ place: string; parent: string }>(
      life,
      `select hierarchies.key || ' ' || coalesce(child.external_id, classes.external_id) as place, parent.external_id as parent
       from (select hierarchy_id, group_id, null::int as class_id, parent_id from group_placements where tenant_id = $1
             union all select hierarchy_id, null, class_id, parent_id from class_placements where tenant_id = $1) placed
       join hierarchies on hierarchies.id = placed.hierarchy_id
       left join groups child on child.tenant_id = $1 and child.id = placed.group_id
       left join classes on classes.tenant_id = $1 and classes.id = placed.class_id
       join groups parent on parent.tenant_id = $1 and parent.id = placed.parent_id`,
    )).map(({ place, parent }) => [place, parent]),
  );
const namesOf = async (life: RetentionLife): Promise<Record<string, number>> =>
  Object.fromEntries((await rows<{ external_id: string; id: number }>(life, 'select external_id, id from groups where tenant_id = $1')).map(row => [row.external_id, row.id]));

test('renumbered groups keep all that they have, also where they change ids with each other', async () => {
  const life = await begin('renumbered');
  const before = await life.shown('india', periods);
  const ids = await namesOf(life);
  expect(await run(life, { s0: 's1', s1: 's2', s2: 's0', d0: 'D-100', land: 'land' })).toEqual({ renamed: 4, merged: 0, unchanged: 1 });
  expect(await life.shown('india', periods)).toEqual(before);
  expect(await namesOf(life)).toEqual({ ...ids, s1: ids.s0, s2: ids.s1, s0: ids.s2, 'D-100': ids.d0, d0: undefined });
});

test('a merged group hands on its classes, groups, grants and figures in every hierarchy', async () => {
  const life = await begin('merged');
  const { tenant } = life;
  const before = { india: await life.shown('india', periods), us: await life.shown('us', periods) };
  await owner.transaction(tenant.number, 'write', async tx => {
    await tx.query(
      `insert into access_grants (tenant_id, person_id, group_id) select $1, people.id, groups.id from people, groups
       where people.tenant_id = $1 and groups.tenant_id = $1 and people.external_id in ('learner0', 'learner1')
         and groups.external_id = 'd1' or (people.external_id, groups.external_id) = ('learner0', 'd0') and groups.tenant_id = $1 and people.tenant_id = $1`,
      [tenant.number],
    );
    await tx.query(`update classes set school_id = $2 where tenant_id = $1 and external_id = 'class0'`, [tenant.number, tenant.groups.get('s1')]);
  });
  const placed = await placements(life);
  expect(await run(life, { d1: 'd0', s1: 's0', s4: 's9', s5: 's9' })).toEqual({ renamed: 1, merged: 3, unchanged: 0 });

  const into: Record<string, string> = { d1: 'd0', s1: 's0', s4: 's9', s5: 's9' };
  const renamed = (name: string) => into[name] ?? name;
  const expected = Object.fromEntries(
    Object.entries(placed)
      .filter(([place]) => !['d1', 's1', 's5'].includes(place.split(' ')[1]!))
      .map(([place, parent]) => [place.split(' ').map(renamed).join(' '), renamed(parent)]),
  );
  expect(await placements(life)).toEqual(expected);
  const granted = await rows<{ who: string; what: string }>(
    life,
    `select people.external_id as who, groups.external_id as what from access_grants
     join people on people.tenant_id = $1 and people.id = person_id join groups on groups.tenant_id = $1 and groups.id = group_id
     where access_grants.tenant_id = $1 order by 1`,
  );
  expect(granted).toEqual([{ who: 'learner0', what: 'd0' }, { who: 'learner1', what: 'd0' }]);
  const ids = await namesOf(life);
  expect([ids.d1, ids.s1, ids.s5, ids.s9]).toEqual([undefined, undefined, undefined, tenant.groups.get('s4')]);
  expect(await rows(life, `select school_id from classes where tenant_id = $1 and external_id = 'class0'`)).toEqual([{ school_id: ids.s0 }]);

  const after = await life.shown('india', periods);
  const sumOf = (shown: Map<string, Shown[]>, names: string[], period: number) =>
    measures.map(measure => names.reduce((sum, name) => sum + (shown.get(tenant.nodeId(name))?.[period]?.[measure] ?? 0), 0));
  for (const period of [0, 1]) {
    expect(sumOf(after, ['d0'], period)).toEqual(sumOf(before.india, ['d0', 'd1'], period));
    expect(sumOf(after, ['s0'], period)).toEqual(sumOf(before.india, ['s0', 's1'], period));
  }
  expect(after.get(tenant.id)).toEqual(before.india.get(tenant.id));
  expect(countDifferences(await life.verify())).toBe(0);
});

test.each([1, 2, 3, 4])('whatever is renumbered and merged, no total changes and all that is stored is right (%i)', async seed => {
  const random = new Random(seed);
  const life = await begin(`random-${seed}`);
  for (let round = 0; round < 4; round++) {
    const names = Object.keys(await namesOf(life)).sort();
    const typeOf = new Map((await rows<{ external_id: string; type: string }>(life, 'select external_id, type from groups where tenant_id = $1')).map(row => [row.external_id, row.type]));
    const map: Record<string, string> = {};
    for (let n = 0; n < 5; n++) {
      const from = pick(names, random.below(1_000));
      const same = names.filter(name => typeOf.get(name) === typeOf.get(from));
      map[from] = random.below(3) === 0 ? `new-${round}-${n}` : pick(same, random.below(1_000));
    }
    const before = await life.shown('us', periods);
    await run(life, map);
    const after = await life.shown('us', periods);
    expect(after.get(life.tenant.id)).toEqual(before.get(life.tenant.id));
    for (const name of life.tenant.classes.keys()) expect(after.get(life.tenant.nodeId(name))).toEqual(before.get(life.tenant.nodeId(name)));
    const { differences } = await life.verify();
    expect(differences).toEqual([]);
    if (random.below(2) === 0) await life.restless.fold();
  }
});

test('strata rehome says what it did, and changes nothing where a row is wrong', async () => {
  const life = await begin('commanded');
  const { settings } = database;
  const write = (name: string, ...lines: string[]): string => {
    const file = path.join(dir, name);
    writeFileSync(file, `\ufeff${lines.join('\r\n')}\r\n`);
    return file;
  };
  const command = async (file: string) => {
    const ran = await strata(['rehome', '--map', file, '--tenant', 'commanded', '--json'], settings);
    return { ...ran, told: ran.exitCode === 0 ? (JSON.parse(ran.stdout.trim().split('\n').at(-1)!) as object) : null };
  };
  const ids = await namesOf(life);
  const bad = await command(write('bad.csv', 'old_group_id,new_group_id', 's0,s7', 'nothing,s1', 's2,s3', 's2,s4'));
  expect([bad.exitCode, bad.stderr]).toEqual([
    2, expect.stringMatching(/line 3: there is no group 'nothing'\nline 5: 's2' became 's3' in an earlier line, 's4' here/),
  ]);
  expect((await command(write('header.csv', 'old,new', 's0,s7'))).exitCode).toBe(2);
  expect((await command(path.join(dir, 'missing.csv'))).exitCode).toBe(2);
  expect(await namesOf(life)).toEqual(ids);
  const good = await command(write('good.csv', 'Old_Group_Id,new_group_id,type', 's0,s7,school', 's1,s2,'));
  expect([good.exitCode, good.told]).toEqual([0, { tenant: 'commanded', renamed: 1, merged: 1, unchanged: 0 }]);
  expect(Object.keys(types)).toContain('s0');
  expect((await namesOf(life)).s7).toBe(ids.s0);
});
