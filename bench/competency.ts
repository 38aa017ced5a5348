import { Client } from 'pg';
import { keepCountsOfLoad } from '../subgraphs/reporting/published';
import { buildEverything } from '../subgraphs/reporting/rollup/build';
import { beginning } from '../subgraphs/reporting/rollup/cover';
import { planNode } from '../subgraphs/reporting/rollup/plan';
import { selectStoredState } from '../subgraphs/reporting/rollup/stored-state.queries';
import { ofCompetencies, type CountSums } from '../subgraphs/reporting/rollup/sums';
import { selectMeasures, type Question } from '../subgraphs/reporting/rollup/sums.queries';
import { Database, type Transaction } from '../subgraphs/shared/database/database';
import {
  competencies,
  country,
  fillCountsFloor,
  firstDistrict,
  firstState,
  insertCompetencyRoster,
  insertStatuses,
  readCountsFloor,
  selectTenant,
  users,
  type CountRow,
} from './competency.queries';
import { connectOwner, fingerprint, type Made, type MadeTenant } from './made';
import { inTurn, median, timed } from './measure';
import { questionOf } from './question';
import type { Line } from './report';
import { growTrees, insertMade, insertTenant, withMuchMemory } from './tenant.queries';
import { platformTenant } from '../migrations/row-level-security';

const externalId = 'bench-competency';
/** No end of a month or a week: months, weeks and days are needed to reach it. */
const days = ['2025-09-17', '2026-02-18'];

/**
 * Competency counts of 60,000 users and 20 competencies at the end of a day, of a node and its children, beside rows
 * that hold the very answer under one key.
 */
export async function measureCompetency({ server }: Made): Promise<Line[]> {
  const tenant = await madeTenant(server.url);
  const database = await Database.connect({ url: server.url, stepDown: true, entities: [], poolSize: 2 });
  const client = new Client({ connectionString: server.url });
  await client.connect();
  try {
    return await database.transaction(tenant.id, 'read', async tx => {
      const lines: Line[] = [];
      for (const [what, group] of [['country', country], ['state', firstState], ['district', firstDistrict]] as const) {
        for (const day of days) lines.push(await besideFloor({ tx, client, tenant }, { what, group, day }));
      }
      return lines;
    });
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

async function besideFloor(
  { tx, client, tenant }: Place,
  { what, group, day }: { what: string; group: number; day: string },
): Promise<Line> {
  const intervals = [{ from: beginning, through: day }];
  const wanted = { hierarchy: 'india', group, intervals, source: { read: 'own' } as const };
  const plain = await questionOf(tx, tenant, wanted);
  const { levels, stored } = await selectStoredState(tx, plain.view.hierarchyId);
  const planned = plain.asked.map(({ node }) => ({
    ...{ node, source: planNode({ node, levels, stored, buckets: 30, days: 200 }).source },
  }));
  const question: Question = { ...plain, asked: planned, waiting: false };
  const floor = { tenantId: tenant.id, parent: group, day };
  assertSame(question, await selectMeasures(tx, question, ofCompetencies), await readCountsFloor(client, floor));
  const { product, byKey } = await inTurn(
    {
      product: timed(() => selectMeasures(tx, question, ofCompetencies)),
      byKey: timed(() => readCountsFloor(client, floor)),
    },
    { warmups: 10, rounds: 61 },
  );
  return {
    ...{ part: 'competency', classes: tenant.classes, unit: 'ms' },
    what: `${what} as of ${day}, ${users} × ${competencies} (${question.asked.length} nodes)`,
    ...{ measured: median(product), floor: median(byKey), ratio: median(product) / median(byKey), atMost: 10 },
  };
}

/** What is fast and wrong is not measured. */
function assertSame({ asked }: Question, found: Map<string, Map<number, CountSums>>, floor: CountRow[]): void {
  const numberOf = new Map(asked.map(({ node }) => [node.id, node.number]));
  const text = (node: number, sums: Record<keyof CountSums, number | string>): string =>
    [node, sums.completed, sums.inferred, sums.inProgress, sums.expected].map(Number).join();
  const product = [...found].map(([id, sums]) => text(numberOf.get(id)!, sums.get(0)!)).sort();
  const kept = floor.map(({ node, ...sums }) => text(node, sums)).sort();
  if (product.join(' ') !== kept.join(' ') || product.length === 0) {
    throw new Error(`the product says ${product.slice(0, 3).join(' ')}, the floor ${kept.slice(0, 3).join(' ')}`);
  }
}

/** Of an earlier run, where it is there. */
async function madeTenant(url: string): Promise<MadeTenant> {
  const owner = await connectOwner(url);
  const begun = performance.now();
  const told = (step: string): void =>
    void process.stderr.write(`  ${((performance.now() - begun) / 1000).toFixed(0)} s  ${step}\n`);
  try {
    const known = await owner.transaction(platformTenant, 'read', tx => selectTenant(tx, externalId));
    const tenant = (id: number): MadeTenant => ({ id, externalId, classes: 2_000 });
    if (known !== undefined) return tenant(known);
    process.stderr.write(`Making a tenant of ${users} users and ${competencies} competencies\n`);
    const id = await insertTenant(owner, externalId);
    await owner.transaction(id, 'write', insertCompetencyRoster);
    await owner.transaction(id, 'write', growTrees);
    await analyze(url);
    told('roster');
    await owner.transaction(id, 'write', insertStatuses);
    await analyze(url);
    told('statuses');
    await owner.transaction(id, 'write', async tx => {
      await withMuchMemory(tx);
      await keepCountsOfLoad(tx, new Date('2026-03-31T00:00:00Z'));
    });
    await analyze(url);
    told('changes of counts');
    await owner.transaction(id, 'write', async tx => {
      await withMuchMemory(tx);
      await buildEverything(tx, step => told(`stored sums: ${step}`));
      await fillCountsFloor(tx);
      await insertMade(tx, tenant(id).classes, fingerprint());
    });
    await analyze(url);
    told('done');
    return tenant(id);
  } finally {
    await owner.close();
  }
}

/** As autovacuum would leave the tables, some time after the load. */
export async function analyze(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('vacuum (analyze)');
  } finally {
    await client.end();
  }
}
