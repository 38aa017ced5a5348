import { addDays } from '../subgraphs/shared/period';
import { createTenant, type TenantFixture } from './fixture';
import { startGateway, type Asker, type GatewayForTest } from './start-gateway';

const admin: Asker = { subject: 'admin', tenant: 'acme', roles: ['ORG_ADMIN'] };
const period = { from: '2026-01-07', through: '2026-03-19' };
/** Some in capitals, some with accents: nobody expects them in the order of their character codes. */
const names = [
  ...['alder', 'Ash', 'äpple', 'Zelkova', 'zebra wood', 'Ébène', 'elm', 'Elm', 'fir 10', 'fir 9', 'same', 'yew'],
  ...Array.from({ length: 20 }, (_, n) => `school ${n}`),
];
const learners = ['l0', 'l1', 'l2', 'l3', 'l4'];

const land: TenantFixture = {
  key: 'acme',
  groups: { land: 'country', ...Object.fromEntries(names.map(name => [name, 'school'])) },
  classes: Object.fromEntries(names.map(name => [`class of ${name}`, {}])),
  placements: {
    india: { ...Object.fromEntries(names.flatMap(name => [[name, 'land'], [`class of ${name}`, name]])) },
  },
  people: { admin: ['ORG_ADMIN'], ...Object.fromEntries(learners.map(name => [name, ['LEARNER' as const]])) },
};

/** Some schools have nothing at all, some time and no score, some the same as others. */
const events = names.flatMap((name, n) =>
  Array.from({ length: n % 7 }, (_, k) => ({
    ...{ eventId: `${name} ${k}`, classId: `class of ${name}`, userId: learners[k % (1 + (n % 4))]! },
    occurredAt: `${addDays('2026-01-01', (n * 5 + k * 13) % 85)}T10:00:00Z`,
    ...(n % 5 === 4 ? {} : { score: (n * 7 + k * 11) % 100 + 0.25 }),
    ...{ secondsSpent: (k + 1) * 30, subject: k % 2 === 0 ? 'Maths' : 'Arts' },
  })),
);

let gateway: GatewayForTest;
beforeAll(async () => {
  gateway = await startGateway({ fill: owner => createTenant(owner, land), now: new Date('2026-03-26T12:00:00Z') });
  const { body } = await gateway.send(admin, events);
  expect(body).toEqual({ accepted: events.length, duplicates: 0, rejected: [] });
});
afterAll(async () => {
  await gateway.close();
  expect(gateway.bugs).toEqual([]);
});

interface Row {
  node: { id: string; name: string };
  performance: { averageScore: number | null; attempts: number; learners: number };
  timeSpent: { totalSeconds: number };
}

async function schools(order: string, size: number): Promise<Row[]> {
  const nodeId = (await gateway.read(admin, '{ viewer { roots { id } } }')).viewer.roots[0].id;
  const rows: Row[] = [];
  for (let after: string | null = null; ; ) {
    const data = await gateway.read(
      admin,
      `query ($nodeId: ID, $period: PeriodInput!, $first: Int, $after: String) {
         nodeReport(nodeId: $nodeId, period: $period, first: $first, after: $after ${order}) {
           children { totalCount pageInfo { hasNextPage endCursor } nodes {
             node { id name } performance { averageScore attempts learners } timeSpent { totalSeconds }
           } }
         }
       }`,
      { nodeId, period, first: size, after },
    );
    const { nodes, pageInfo, totalCount } = data.nodeReport.children;
    expect(totalCount).toBe(names.length);
    rows.push(...nodes);
    if (!pageInfo.hasNextPage) return rows;
    expect(nodes).toHaveLength(size);
    after = pageInfo.endCursor;
  }
}

const collator = new Intl.Collator('und');
const measures: Record<string, (row: Row) => string | number | null> = {
  NAME: row => row.node.name,
  AVERAGE_SCORE: row => row.performance.averageScore,
  ATTEMPTS: row => row.performance.attempts,
  TIME_SPENT: row => row.timeSpent.totalSeconds,
  LEARNERS: row => row.performance.learners,
};

/** The order that the contract promises: what has no value last, ties by id. */
function inOrder(rows: Row[], { measure, sign }: { measure: (row: Row) => string | number | null; sign: number }): string[] {
  const compare = (a: Row, b: Row): number => {
    const [x, y] = [measure(a), measure(b)];
    if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1;
    return sign * (typeof x === 'string' ? collator.compare(x, String(y)) : x - Number(y));
  };
  return [...rows].sort((a, b) => compare(a, b) || (a.node.id < b.node.id ? -1 : 1)).map(row => row.node.id);
}

describe.each(Object.keys(measures))('ordered by %s', by => {
  test.each([['ASC', 1], ['DESC', -1]])('%s, pages of any size make the same list, ties by id and no value last', async (direction, sign) => {
    const order = `, orderBy: { by: ${by}, direction: ${direction} }`;
    const whole = await schools(order, 1_000);
    const expected = inOrder(whole, { measure: measures[by]!, sign });
    for (const size of [1_000, 1, 5]) expect((await schools(order, size)).map(row => row.node.id)).toEqual(expected);
    expect(new Set(expected).size).toBe(names.length);
  });
});

test('without an order, children come by name as people expect it; the larger first where only a measure is named', async () => {
  const plain = await schools('', 7);
  expect(plain.map(row => row.node.id)).toEqual(inOrder(plain, { measure: measures.NAME!, sign: 1 }));
  expect(plain.slice(0, 4).map(row => row.node.name)).toEqual(['alder', 'äpple', 'Ash', 'Ébène']);
  expect(await schools(', orderBy: { by: ATTEMPTS }', 1_000))
    .toEqual(await schools(', orderBy: { by: ATTEMPTS, direction: DESC }', 1_000));
  expect(plain.some(row => row.performance.averageScore === null)).toBe(true);
});

test('a node lists its children in the same order as its report, page by page', async () => {
  const expected = (await schools('', 1_000)).map(row => row.node.name);
  const id = (await gateway.read(admin, '{ viewer { roots { id } } }')).viewer.roots[0].id;
  const listed: string[] = [];
  for (let after: string | null = null, more = true; more; ) {
    const { hierarchyNode } = await gateway.read(
      admin,
      `query ($id: ID!, $after: String) {
         hierarchyNode(id: $id) { children(first: 5, after: $after) { nodes { name } pageInfo { hasNextPage endCursor } } }
       }`,
      { id, after },
    );
    const { nodes, pageInfo } = hierarchyNode.children;
    listed.push(...nodes.map((node: { name: string }) => node.name));
    ({ endCursor: after, hasNextPage: more } = pageInfo);
  }
  expect(listed).toEqual(expected);
});

test('a page of nothing has the count, and the place it would begin at is nobody\'s', async () => {
  const data = await gateway.read(
    admin,
    `query ($period: PeriodInput!) { nodeReport(period: $period, first: 0) {
       children { totalCount nodes { node { id } } pageInfo { hasNextPage endCursor } }
     } }`,
    { period },
  );
  expect(data.nodeReport.children)
    .toEqual({ totalCount: 1, nodes: [], pageInfo: { hasNextPage: true, endCursor: null } });
});

interface Point { from: string; through: string; scoreSum: number; attempts: number; totalSeconds: number }

describe.each([['without a filter', ''], ['of one subject', ', filter: { subject: "Maths" }']])('trends %s', (_, filter) => {
  test.each([['DAY', 72], ['WEEK', 11], ['MONTH', 3]])('by %s: %i points, clipped to the period, add up to it', async (interval, count) => {
    const { nodeReport } = await gateway.read(
      admin,
      `query ($period: PeriodInput!) { nodeReport(period: $period) { node { node {
         performance(period: $period${filter}) { scoreSum attempts } timeSpent(period: $period${filter}) { totalSeconds }
         performanceTrend(period: $period, interval: ${interval}${filter}) { from through scoreSum attempts averageScore }
         timeSpentTrend(period: $period, interval: ${interval}${filter}) { from through totalSeconds }
       } } } }`,
      { period },
    );
    const { performance, timeSpent, performanceTrend, timeSpentTrend } = nodeReport.node.node;
    expect(performance.attempts).toBeGreaterThan(20);
    const sum = (points: Point[], measure: 'scoreSum' | 'attempts' | 'totalSeconds') =>
      points.reduce((all, point) => all + point[measure], 0);
    for (const points of [performanceTrend, timeSpentTrend] as Point[][]) {
      expect(points).toHaveLength(count);
      expect([points[0]!.from, points.at(-1)!.through]).toEqual([period.from, period.through]);
      for (const [index, point] of points.slice(1).entries()) {
        expect(point.from).toBe(addDays(points[index]!.through, 1));
        if (interval === 'WEEK') expect(new Date(point.from).getUTCDay()).toBe(1);
        if (interval === 'MONTH') expect(point.from.slice(8)).toBe('01');
      }
    }
    expect(sum(performanceTrend, 'attempts')).toBe(performance.attempts);
    expect(sum(performanceTrend, 'scoreSum')).toBeCloseTo(performance.scoreSum, 6);
    expect(sum(timeSpentTrend, 'totalSeconds')).toBe(timeSpent.totalSeconds);
    const inside = events.filter(({ occurredAt, subject }) =>
      occurredAt.slice(0, 10) >= period.from && occurredAt.slice(0, 10) <= period.through
      && (filter === '' || subject === 'Maths'));
    expect(timeSpent.totalSeconds).toBe(inside.reduce((all, { secondsSpent }) => all + secondsSpent, 0));
    for (const { averageScore, attempts } of performanceTrend) expect(averageScore === null).toBe(attempts === 0);
  });
});
