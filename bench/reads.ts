import { Client } from 'pg';
import { coverOf } from '../subgraphs/reporting/rollup/cover';
import { selectSums, type Question } from '../subgraphs/reporting/rollup/sums.queries';
import type { Sums } from '../subgraphs/reporting/rollup/sums';
import { Database, type Transaction } from '../subgraphs/shared/database/database';
import { dayAfter, intervalsOf, type Period } from '../subgraphs/shared/period';
import { readFloor, type Figure, type FloorQuestion } from './floor.queries';
import type { Made, MadeTenant } from './made';
import { inTurn, median, timed, type Pace } from './measure';
import { questionOf, type Wanted } from './question';
import type { Line } from './report';
import { asked, zonesKey } from './tenant.queries';

const wholeMonth: Period = { from: '2025-06-01', through: '2025-06-30' };
/** Days before a week begins, then whole weeks: what a period costs that is no month. */
const weeksAndDays: Period = { from: '2025-06-03', through: '2025-06-29' };
const eachDay = intervalsOf(wholeMonth, 'DAY');

const anchor = { read: 'level', sequence: 3, type: 'school_district' } as const;
const cells = { read: 'cells' } as const;
const districts = { read: 'level', sequence: 3, type: 'district' } as const;

type Read = Omit<Wanted, 'hierarchy'> & { what: string; atMost: number; hierarchy?: string };

const stored = { group: asked.country, source: { read: 'own' } } as const;
const otherHierarchy = { group: asked.country, source: anchor, hierarchy: zonesKey };

const reads: Read[] = [
  { what: 'country, stored, a month', atMost: 2, ...stored, intervals: [wholeMonth] },
  { what: 'country, stored, weeks and days', atMost: 2, ...stored, intervals: [weeksAndDays] },
  { what: 'country, stored, each day', atMost: 2, ...stored, intervals: eachDay },
  { what: 'country from districts, each day', atMost: 15, group: asked.country, source: districts, intervals: eachDay },
  { what: 'district from schools, each day', atMost: 10, group: asked.district, source: cells, intervals: eachDay },
  { what: 'other hierarchy at its anchor, a month', atMost: 5, ...otherHierarchy, intervals: [wholeMonth] },
  { what: 'other hierarchy at its anchor, each day', atMost: 35, ...otherHierarchy, intervals: eachDay },
];

const pace: Pace = { warmups: 8, rounds: 41 };

/**
 * The product's statements beside the floor: the days of a node and its children, added up beforehand and lying side by
 * side under one key. Where the product reads whole weeks and months, the same of the floor are measured as well.
 */
export async function measureReads({ server, tenants }: Made): Promise<Line[]> {
  const database = await Database.connect({ url: server.url, stepDown: true, entities: [], poolSize: 4 });
  const client = new Client({ connectionString: server.url });
  await client.connect();
  try {
    const lines: Line[] = [];
    for (const tenant of tenants) {
      await database.transaction(tenant.id, 'read', async tx => {
        for (const read of reads) lines.push(await besideFloor({ tx, client, tenant }, read));
        lines.push(await manyAtOnce(tx, tenant));
      });
    }
    const bigger = tenants.at(-1)!;
    const smaller = tenants.at(-2);
    if (smaller) lines.push(...(await sizesCompared(database, smaller, bigger)));
    return lines;
  } finally {
    await client.end();
    await database.close();
  }
}

interface Place {
  tx: Transaction;
  client: Client;
  tenant: MadeTenant;
}

async function besideFloor({ tx, client, tenant }: Place, read: Read): Promise<Line> {
  const question = await questionOf(tx, tenant, { hierarchy: 'india', ...read });
  const { view, intervals } = question;
  const keys = { tenantId: tenant.id, hierarchyId: view.hierarchyId, parent: read.group, apart: intervals.length > 1 };
  const days: FloorQuestion = { ...keys, spans: [daysOf(intervals)] };
  const sameBuckets: FloorQuestion = { ...keys, spans: bucketsReadBy(question) };
  const answer = await selectSums(tx, question);
  for (const floor of [days, sameBuckets]) {
    assertSame(answer, { figures: await readFloor(client, floor), question, what: read.what });
  }
  const { product, byKey, same } = await inTurn(
    {
      product: timed(() => selectSums(tx, question)),
      byKey: timed(() => readFloor(client, days)),
      same: timed(() => readFloor(client, sameBuckets)),
    },
    pace,
  );
  return {
    ...{ part: 'reads', what: `${read.what} (${question.asked.length} nodes)`, classes: tenant.classes, unit: 'ms' },
    ...{ measured: median(product), floor: median(byKey), ratio: median(product) / median(byKey), atMost: read.atMost },
    more: { ratioToSameBuckets: median(product) / median(same) },
  };
}

/** The days of consecutive intervals as one range. */
function daysOf(intervals: readonly Period[]): FloorQuestion['spans'][number] {
  return { grain: 1, from: intervals[0]!.from, before: dayAfter(intervals.at(-1)!.through) };
}

/** The buckets that the product reads, months and weeks where it can; those that follow each other as one range. */
function bucketsReadBy({ intervals }: Question): FloorQuestion['spans'] {
  const spans: { grain: number; from: string; before: string }[] = [];
  for (const span of intervals.flatMap(coverOf)) {
    const last = spans.at(-1);
    if (last && last.grain === span.grain && last.before === span.from) last.before = span.before;
    else spans.push({ grain: span.grain, from: span.from, before: span.before });
  }
  return spans;
}

const textOf = (node: number, start: string | null, sums: Record<keyof Sums, number | string>): string =>
  [node, start, sums.scoreSum, sums.attempts, sums.collectionSeconds, sums.assessmentSeconds].join();

/** What is fast and wrong is not measured. */
function assertSame(
  found: Map<string, Map<number, Sums>>,
  { figures, question, what }: { figures: Figure[]; question: Question; what: string },
): void {
  const numberOf = new Map(question.asked.map(({ node }) => [node.id, node.number]));
  const product = new Set<string>();
  for (const [id, intervals] of found) {
    for (const [index, sums] of intervals) {
      const start = question.intervals.length > 1 ? question.intervals[index]!.from : null;
      product.add(textOf(numberOf.get(id)!, start, sums));
    }
  }
  const floor = figures.map(({ node, start, ...sums }) => textOf(node, start, sums));
  const missing = floor.filter(row => !product.has(row));
  if (missing.length > 0 || floor.length !== product.size) {
    throw new Error(
      `${what}: the product has ${product.size} figures, the floor ${floor.length}; of these the product lacks ` +
        `${missing.length}, such as ${missing[0]}; it has ${[...product].find(row => !floor.includes(row))}`,
    );
  }
}

/** The children of 50 nodes in one statement, and in 50. */
async function manyAtOnce(tx: Transaction, tenant: MadeTenant): Promise<Line> {
  const nodes = 50;
  const questions: Question[] = [];
  for (let at = 0; at < nodes; at++) {
    const group = asked.district + 1 + at;
    const wanted: Wanted = { hierarchy: 'india', group, intervals: [wholeMonth], source: { read: 'cells' } };
    const { asked: all, ...question } = await questionOf(tx, tenant, wanted);
    questions.push({ ...question, asked: all.slice(1) });
  }
  const together: Question = { ...questions[0]!, asked: questions.flatMap(question => question.asked) };
  const { one, each } = await inTurn(
    {
      one: timed(() => selectSums(tx, together)),
      each: timed(async () => {
        for (const question of questions) await selectSums(tx, question);
      }),
    },
    { warmups: 3, rounds: 15 },
  );
  return {
    ...{ part: 'reads', classes: tenant.classes, unit: 'ms' },
    what: `children of ${nodes} nodes in one statement, and in ${nodes}`,
    ...{ measured: median(one), floor: median(each), ratio: median(one) / median(each), atMost: 0.5 },
  };
}

/** The same stored read of a larger tenant and of a smaller one. */
async function sizesCompared(database: Database, smaller: MadeTenant, bigger: MadeTenant): Promise<Line[]> {
  const times = (bigger.classes / smaller.classes).toFixed(0);
  const inOf = (tenant: MadeTenant) => database.begin(tenant.id, 'read');
  const [small, big] = [await inOf(smaller), await inOf(bigger)];
  try {
    const lines: Line[] = [];
    for (const read of reads.filter(({ source }) => source.read === 'own')) {
      const wanted = { hierarchy: 'india', ...read };
      const ofSmall = await questionOf(small, smaller, wanted);
      const ofBig = await questionOf(big, bigger, wanted);
      const { less, more } = await inTurn(
        { less: timed(() => selectSums(small, ofSmall)), more: timed(() => selectSums(big, ofBig)) },
        pace,
      );
      lines.push({
        ...{ part: 'reads', what: `${read.what}: ${times} times the classes`, classes: bigger.classes, unit: 'ms' },
        ...{ measured: median(more), floor: median(less), ratio: median(more) / median(less), atMost: 1.3 },
      });
    }
    return lines;
  } finally {
    await small.rollback();
    await big.rollback();
  }
}
