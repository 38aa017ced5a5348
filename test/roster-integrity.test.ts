import type { Database } from '../subgraphs/shared/database/database';
import { brokenRows, dropConstraints, loseSchool, nothing, plantedAt } from './broken-roster';
import { connectOwner } from './fixture';
import { insertRows, type Row } from './fixture.queries';
import { startRosterWorld, type RosterWorld } from './roster-world';
import { strata } from './strata-command';

let world: RosterWorld;
let owner: Database;
let series: number;
beforeAll(async () => {
  world = await startRosterWorld();
  owner = await connectOwner(world.gateway.database.url);
  [series] = (await inAcme(tx => insertRows(tx, 'test_series', [{ name: 'Series', created_at: '2026-01-01' }]))) as [
    number,
  ];
});
afterAll(async () => {
  await owner.close();
  await world.gateway.close();
  expect(world.gateway.bugs).toEqual([]);
});

const inAcme = <T>(work: Parameters<Database['transaction']>[2]): Promise<T> =>
  owner.transaction(world.acme.number, 'write', work) as Promise<T>;
const select = (sql: string) => inAcme<Row[]>(tx => tx.query(sql, [world.acme.number]));
const plant = (table: string, rows: Row[]) => inAcme(tx => insertRows(tx, table, rows));

/** Plants rows of every kind into acme's roster, in a database that lets them in. */
const breakRoster = async (): Promise<void> => {
  await inAcme(dropConstraints);
  for (const { table, rows } of brokenRows(world.acme, series)) await plant(table, rows);
};
const refusesAll = async (): Promise<void> => {
  for (const { table, constraint, rows } of brokenRows(world.acme, series)) {
    await expect(plant(table, rows)).rejects.toThrow(new RegExp(constraint));
  }
  await expect(inAcme(loseSchool)).rejects.toThrow(/class_school_exists/);
};

const report = 'problems { kind table count remaining } fixed foreignKeysEnforced';
const validate = (fix = false, who = world.as('admin')) =>
  world.change(`validateRelationships(fix: ${fix}) { ${report} }`, who) as Promise<{
    problems: { kind: string; table: string; count: number; remaining: number }[];
    fixed: boolean;
    foreignKeysEnforced: boolean;
  }>;
const run = async (...words: string[]) => {
  const { exitCode, stdout, stderr } = await strata(['validate-relationships', ...words, '--json'], {
    ...world.gateway.database.settings,
  });
  return { exitCode, stderr, told: stdout === '' ? undefined : JSON.parse(stdout.trim().split('\n').at(-1)!) };
};

test("in a new database all foreign keys but the log's hold from the first migration", async () => {
  await refusesAll();
  expect(await validate()).toEqual({ problems: [], fixed: false, foreignKeysEnforced: true });
  expect(await run()).toMatchObject({
    exitCode: 0,
    told: {
      remaining: 0,
      foreignKeysEnforced: true,
      restored: [],
      tenants: [{ externalId: 'acme', problems: [] }, { externalId: 'rival' }],
    },
  });
});

const found = [
  ['ENROLMENT_WITHOUT_CLASS', 2],
  ['ENROLMENT_WITHOUT_USER', 1],
  ['ENROLMENT_TWICE', 2],
  ['ENROLMENT_WITHOUT_DATE', 2],
  ['CLASS_WITHOUT_SCHOOL', 1],
  ['TEST_SERIES_WITHOUT_CLASS', 1],
  ['TEST_SERIES_MISSING', 1],
  ['TEST_SERIES_TWICE', 2],
] as const;
const ofLog = [
  ['LOG_WITHOUT_CLASS', 1],
  ['LOG_WITHOUT_USER', 1],
  ['LOG_WITHOUT_PERFORMER', 1],
] as const;

describe('in a database that was restored without its constraints', () => {
  beforeAll(async () => {
    const { acme } = world;
    await breakRoster();
    await inAcme(loseSchool);
    const line = {
      ...{ action: 'GROUP_UPDATED', class_id: acme.classes.get('a1'), user_id: acme.people.get('admin') },
      ...{ performed_by_id: acme.people.get('admin'), performer_tenant_id: acme.number, created_at: plantedAt },
    };
    await plant('activity_log', [
      { ...line, class_id: nothing },
      { ...line, user_id: nothing },
      { ...line, performed_by_id: nothing },
    ]);
  });

  test('the check finds each kind of problem, and changes nothing', async () => {
    const rows = () =>
      Promise.all(
        ['enrolments', 'classes', 'class_test_series', 'activity_log'].map(table =>
          select(`select ${table}.* from ${table} where ${table}.tenant_id = $1 order by ${table}::text`),
        ),
      );
    const before = await rows();
    const { problems, fixed, foreignKeysEnforced } = await validate();
    expect(problems.map(({ kind, count }) => [kind, count])).toEqual([...found, ...ofLog]);
    for (const { count, remaining } of problems) expect(remaining).toBe(count);
    expect([fixed, foreignKeysEnforced]).toEqual([false, false]);
    const told = await run();
    expect(told).toMatchObject({
      exitCode: 1,
      told: { remaining: 15, fixed: false, foreignKeysEnforced: false, restored: [] },
    });
    expect(told.told.tenants[0].problems).toEqual(problems);
    const text = await strata(['validate-relationships'], { ...world.gateway.database.settings });
    expect(text.stdout).toMatch(/^acme: ENROLMENT_TWICE: 2 rows of enrolments$/m);
    expect(text.stdout).toMatch(/^rival: no problems$/m);
    expect(text.stdout).toContain('Foreign keys are not enforced');
    expect(await rows()).toEqual(before);
  });

  test('it finds those of its own tenant alone', async () => {
    const rival = await validate(true, { ...world.as('admin'), tenant: 'rival' });
    expect(rival).toEqual({ problems: [], fixed: true, foreignKeysEnforced: false });
    expect((await validate()).problems).toHaveLength(11);
  });

  test('mending mends all but the log, and logs what it did', async () => {
    const { acme, superAdmin, log, nameOf } = world;
    const before = await select('select * from activity_log where tenant_id = $1 order by id');
    const { problems, fixed } = await validate(true, superAdmin);
    expect(problems.map(({ kind, count, remaining }) => [kind, count, remaining])).toEqual([
      ...found.map(([kind, count]) => [kind, count, 0]),
      ...ofLog.map(([kind, count]) => [kind, count, count]),
    ]);
    expect(fixed).toBe(true);
    expect(
      (await select('select * from activity_log where tenant_id = $1 order by id')).slice(0, before.length),
    ).toEqual(before);

    const rows = await select(`select person_id, class_id, type, status, enrolled_at, ended_at from enrolments
      where tenant_id = $1 and (class_id, person_id) in
        ((${acme.classes.get('a1')}, ${acme.people.get('ann')}), (${acme.classes.get('e1')}, ${acme.people.get('dia')}))
      order by class_id`);
    const [made] = await select(`select created_at from classes where tenant_id = $1 and external_id = 'e1'`);
    expect(rows).toEqual([
      expect.objectContaining({
        person_id: acme.people.get('ann'),
        status: 'ACTIVE',
        enrolled_at: new Date('2026-01-01T00:00:00Z'),
      }),
      expect.objectContaining({ person_id: acme.people.get('dia'), status: 'ACTIVE', enrolled_at: made!.created_at }),
    ]);
    expect(
      await select(`select class_id, test_series_id, assigned_at from class_test_series where tenant_id = $1`),
    ).toEqual([{ class_id: acme.classes.get('a1'), test_series_id: series, assigned_at: new Date(plantedAt) }]);
    expect(await select(`select school_id from classes where tenant_id = $1 and external_id = 'b1'`)).toEqual([
      { school_id: null },
    ]);

    const lines = (await log('first: 1000')).filter(({ metadata }) => (metadata as { mended?: string } | null)?.mended);
    const kinds = lines.map(({ metadata }) => (metadata as { mended: string }).mended).sort();
    // Of ann's three enrolments two were too many, and one of those was without its date.
    expect(kinds).toEqual(
      [
        ...Array<string>(2).fill('ENROLMENT_TWICE'),
        ...Array<string>(2).fill('ENROLMENT_WITHOUT_CLASS'),
        'ENROLMENT_WITHOUT_DATE',
        'ENROLMENT_WITHOUT_USER',
        'CLASS_WITHOUT_SCHOOL',
        'TEST_SERIES_MISSING',
        ...Array<string>(2).fill('TEST_SERIES_TWICE'),
        'TEST_SERIES_WITHOUT_CLASS',
      ].sort(),
    );
    expect(new Set(lines.map(({ by }) => by)).size).toBe(1);
    const line = (kind: string) => lines.find(({ metadata }) => (metadata as { mended: string }).mended === kind);
    expect(line('ENROLMENT_WITHOUT_DATE')).toMatchObject({
      action: 'STUDENT_UPDATED',
      class: 'e1',
      user: 'dia',
      student: 'dia',
    });
    expect(line('CLASS_WITHOUT_SCHOOL')).toMatchObject({
      ...{ action: 'GROUP_UPDATED', class: 'b1' },
      metadata: { mended: 'CLASS_WITHOUT_SCHOOL', schoolNumber: nothing },
    });
    expect(nameOf(acme.nodeId('a1'))).toBe('a1');
  });

  test('what the check writes to the log is no problem itself, and mending again mends nothing', async () => {
    const lines = await world.log();
    const { problems } = await validate(true);
    expect(problems.map(({ kind, count, remaining }) => [kind, count, remaining])).toEqual(
      ofLog.map(([kind, count]) => [kind, count, count]),
    );
    expect(await world.log()).toEqual(lines);
  });

  test('foreign keys are enforced from the first clean check of the command on', async () => {
    expect((await validate()).foreignKeysEnforced).toBe(false);
    const told = await run();
    expect(told).toMatchObject({ exitCode: 1, told: { remaining: 3, foreignKeysEnforced: true } });
    expect([...told.told.restored].sort()).toEqual([
      ...['assignment_of_a_test_series', 'assignment_to_a_class', 'class_school_exists', 'class_test_series_pkey'],
      ...['enrolled_at', 'enrolment_in_a_class', 'enrolment_of_a_person', 'enrolments_pkey'],
    ]);
    expect((await validate()).foreignKeysEnforced).toBe(true);
    await refusesAll();
    const forced = await select(
      `select relname from pg_class where relname in ('people', 'groups', 'classes', 'test_series', 'enrolments', 'class_test_series')
         and relrowsecurity and relforcerowsecurity and $1 > 0`,
    );
    expect(forced).toHaveLength(6);
    expect((await run()).told.restored).toEqual([]);
  });
});

test("the command mends every tenant's roster, in the name of a super admin, and then puts the constraints back", async () => {
  await breakRoster();
  const { rival } = world;
  await owner.transaction(rival.number, 'write', tx =>
    insertRows(tx, 'enrolments', [
      { class_id: nothing, person_id: nothing, type: 'STUDENT', status: 'ACTIVE', enrolled_at: plantedAt },
    ]),
  );
  expect(await run()).toMatchObject({ exitCode: 1, told: { foreignKeysEnforced: false, restored: [] } });
  const mended = await run('--fix');
  expect(mended).toMatchObject({
    exitCode: 1, // the lines of acme's log, which nothing mends
    told: {
      remaining: 3,
      fixed: true,
      foreignKeysEnforced: true,
      tenants: [
        { externalId: 'acme' },
        {
          ...{ externalId: 'rival', fixed: true, foreignKeysEnforced: true },
          problems: [
            { kind: 'ENROLMENT_WITHOUT_CLASS', table: 'enrolments', count: 1, remaining: 0 },
            { kind: 'ENROLMENT_WITHOUT_USER', table: 'enrolments', count: 1, remaining: 0 },
          ],
        },
      ],
    },
  });
  expect(mended.told.restored).toHaveLength(8);
  const theirs = await validate(false, { ...world.as('admin'), tenant: 'rival' });
  expect(theirs).toEqual({ problems: [], fixed: false, foreignKeysEnforced: true });
});

test('constraints are not put back while a row of any tenant would break them', async () => {
  await inAcme(dropConstraints);
  await owner.transaction(world.rival.number, 'write', tx =>
    insertRows(tx, 'enrolments', [
      { class_id: nothing, person_id: nothing, type: 'STUDENT', status: 'ACTIVE', enrolled_at: plantedAt },
    ]),
  );
  expect(await run()).toMatchObject({ exitCode: 1, told: { foreignKeysEnforced: false, restored: [] } });
  // The database would refuse them by itself, too: it is asked about every tenant's rows.
  const { restoreConstraints } = await import('../subgraphs/roster/integrity/constraints.queries');
  await expect(owner.transaction(world.acme.number, 'write', restoreConstraints)).rejects.toThrow(
    /enrolment_in_a_class|enrolment_of_a_person/,
  );
  expect(await run('--fix')).toMatchObject({ told: { foreignKeysEnforced: true } });
});
