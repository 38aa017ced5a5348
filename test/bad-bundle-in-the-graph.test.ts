import { BadInput } from '../subgraphs/shared/bad-input';
import { createTestDatabase, type TestDatabase } from './database';
import { event, lines, load, now, sample, sampleWith } from './sample-bundle';
import { startGateway, type Asker, type GatewayForTest } from './start-gateway';

const admin: Asker = { subject: 'head', tenant: 'north', roles: ['ORG_ADMIN'] };

/** An event that differs from a good one in this. */
const activity = (more: object): string =>
  event('north', { eventId: 'e8', classId: 'c1', userId: 'l1', score: 1, ...more });

/** Rows that cannot be loaded, and what is said about each. */
const bad: [file: string, row: string, reason: RegExp][] = [
  [
    'placements.csv',
    'north,india,school,1,country,in',
    /expected one parent in a hierarchy; country 'in' came.*under district 'd1'/s,
  ],
  ['placements.csv', 'north,india,country,in,district,d1', /so this would make a ring/],
  ['placements.csv', 'north,india,school,1,class,c1', /Nothing can be placed under a class/],
  ['levels.csv', 'short,3,Town,town,true,,', /type: expected one of country, state.*'town' came/],
  ['levels.csv', 'short,2,Block,block,true,,', /sequence: expected each once in a hierarchy; 2 came in line 3/],
  ['classes.csv', 'north,c3,Class 3,,,,none,', /school_id: expected a school of this tenant; there is no 'none'/],
  ['enrolments.csv', 'north,c1,l1,TEACHER,ACTIVE,2026-02-30,', /enrolled_at: expected a day.*'2026-02-30' came/],
  ['enrolments.csv', 'north,c1,l1,TEACHER,ACTIVE,soon,', /enrolled_at: expected a day.*'soon' came/],
  ['activity.ndjson', activity({ classId: 'c9' }), /There is no class 'c9'/],
  ['activity.ndjson', activity({ userId: 'l9' }), /There is no user 'l9'/],
  ['activity.ndjson', activity({ score: 101 }), /percent from 0 to 100, not 101/],
  ['activity.ndjson', activity({ eventId: 'e1', score: 81 }), /CONFLICT: An event with this id and other contents/],
];

const head = { 'users.csv': ['north,head,head@north,ORG_ADMIN,,'] };

const report = `{ nodeReport(period: { from: "2026-03-01", through: "2026-03-31" }) {
  node {
    node { classCount studentCount competencyCounts { completed notStarted } }
    performance { attempts scoreSum } timeSpent { totalSeconds }
  }
  children { nodes { node { name children { nodes { name } } } performance { attempts } } } other { performance { attempts } }
} }`;

async function answered(rows: Record<string, string[]>) {
  const database = await createTestDatabase();
  const loaded = await load(database, sampleWith(rows));
  const gateway: GatewayForTest = await startGateway({ database, now });
  try {
    return { loaded, data: await gateway.read(admin, report) };
  } finally {
    await gateway.close();
    await database.drop();
  }
}

test('of a bundle with bad rows amid good ones each bad one is told, and the good ones are what is answered', async () => {
  const rows: Record<string, string[]> = { ...head };
  for (const [file, row] of bad) rows[file] = [...(rows[file] ?? []), row];
  const [good, mixed] = [await answered(head), await answered(rows)];
  expect(good.loaded.problems).toEqual([]);
  expect(good.data.nodeReport.node.performance).toEqual({ attempts: 1, scoreSum: 80 });
  expect(mixed.data).toEqual(good.data);
  expect(mixed.loaded.problems).toHaveLength(bad.length);
  for (const [file, row, reason] of bad) {
    const line = sample()[file]!.split('\n').length + rows[file]!.indexOf(row);
    expect(mixed.loaded.problems).toContainEqual({ file, line, reason: expect.stringMatching(reason) });
  }
});

describe('a bundle that cannot be used', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  test('for a missing column is refused with the column, and nothing of it is there', async () => {
    const bundle = sampleWith(head);
    bundle['classes.csv'] = lines('tenant_id,class_id,name,code,grade,subject,school_id', 'north,c1,Class 1,,5,Maths,1');
    const refusal = await load(database, bundle).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(BadInput);
    expect((refusal as Error).message).toMatch(/classes\.csv.*active/s);
    const gateway = await startGateway({ database, now });
    expect(await gateway.codes(admin, report)).toEqual(['UNAUTHENTICATED']);
    await gateway.close();
  });
});
