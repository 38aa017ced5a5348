import { Client } from 'pg';
import { nodeLoaders, wholeViewId } from '../subgraphs/hierarchy/published';
import { keepCountsOfLoad } from '../subgraphs/reporting/published';
import { cohortLoaders } from '../subgraphs/reporting/analytics/cohort.loader';
import { selectCohortRows } from '../subgraphs/reporting/analytics/cohort-rows.queries';
import { Effort } from '../subgraphs/reporting/analytics/effort';
import { learnerAnalyticsLoaders } from '../subgraphs/reporting/analytics/learner-analytics.loader';
import { selectLearnerRows } from '../subgraphs/reporting/analytics/learner-rows.queries';
import { keepFigures } from '../subgraphs/reporting/analytics/stored/keep-figures';
import { everyClass } from '../subgraphs/reporting/analytics/stored/organisation-figures.queries';
import { windowThrough } from '../subgraphs/reporting/analytics/windows';
import { Database, type Transaction } from '../subgraphs/shared/database/database';
import { Session } from '../subgraphs/shared/database/session';
import { intervalsOf } from '../subgraphs/shared/period';
import { platformTenant } from '../migrations/row-level-security';
import { fillLearnerFloor, insertLearnerDays, readLearnerFloor, readWindows } from './analytics.queries';
import { analyze } from './competency';
import { insertCompetencyRoster, insertStatuses, selectTenant, users } from './competency.queries';
import { connectOwner, type Made } from './made';
import { inTurn, median, timed } from './measure';
import { administrator } from './question';
import type { Line } from './report';
import { growTrees, insertTenant, withMuchMemory } from './tenant.queries';

const externalId = 'bench-analytics';
const today = '2026-02-18';
const now = new Date(`${today}T12:00:00Z`);
const classes = 2_000;
const pace = { warmups: 3, rounds: 21 };

/**
 * An organisation of 60,000 learners: its figures as they are kept ready, beside the rows under their keys; and counted
 * learner by learner, beside adding up a row for each learner that somebody would have kept.
 */
export async function measureAnalytics({ server }: Made): Promise<Line[]> {
  const tenantId = await madeTenant(server.url);
  const database = await Database.connect({ url: server.url, stepDown: true, entities: [], poolSize: 2 });
  const client = new Client({ connectionString: server.url });
  await client.connect();
  const window = windowThrough(null, today);
  const months = intervalsOf({ from: '2025-03-01', through: today }, 'MONTH');
  try {
    const line = (what: string, [product, floor]: [number[], number[]], atMost?: number): Line => ({
      ...{ part: 'analytics', what, classes, unit: 'ms', ...(atMost === undefined ? {} : { atMost }) },
      ...{ measured: median(product), floor: median(floor), ratio: median(product) / median(floor) },
    });
    const lines: Line[] = [];
    for (const [what, windows] of [['four weeks', [window]], ['twelve months', months]] as const) {
      const answered = async (): Promise<number> => {
        const { rows, stored } = await ask(database, tenantId, windows);
        if (!stored) throw new Error(`${what} were not read from the kept rows`);
        return rows.length;
      };
      if ((await answered()) !== (await readWindows(client, tenantId, windows))) throw new Error('rows are missing');
      const { product, floor } = await inTurn(
        { product: timed(answered), floor: timed(() => readWindows(client, tenantId, windows)) },
        pace,
      );
      lines.push(line(`an organisation's ${what}, kept ready (${users} learners)`, [product, floor], 15));
    }
    await database.transaction(tenantId, 'read', async tx => {
      const count = async () => (await selectCohortRows(tx, everyClass, { windows: [window], thresholds: null }))[0]!;
      const { learners, newlyCompleted, activeDays } = await count();
      const kept = await readLearnerFloor(client, tenantId);
      if ([learners - kept.learners, newlyCompleted - kept.newlyCompleted, activeDays - kept.activeDays].some(Boolean)) {
        throw new Error('the figures differ from the rows kept for each learner');
      }
      const { product, floor } = await inTurn(
        { product: timed(count), floor: timed(() => readLearnerFloor(client, tenantId)) },
        { warmups: 1, rounds: 5 },
      );
      lines.push(line(`an organisation's four weeks, learner by learner (${users} learners)`, [product, floor]));
    });
    return lines;
  } finally {
    await client.end();
    await database.close();
  }
}

/** As a request does, with a session of its own. */
async function ask(database: Database, tenantId: number, windows: readonly { from: string; through: string }[]) {
  const session = new Session(database, tenantId);
  try {
    const caller = administrator({ id: tenantId, externalId, classes });
    const nodes = nodeLoaders({ caller, session });
    const effort = new Effort();
    const { todayAndRisk } = learnerAnalyticsLoaders({ session, now, effort });
    const { cohortRows } = cohortLoaders({ session, nodes, now, todayAndRisk, effort });
    const view = await nodes.view();
    const node = await nodes.node({ id: wholeViewId(caller, view), hierarchyKey: view.hierarchyKey });
    return await cohortRows.load({ set: { node: node! }, windows });
  } finally {
    await session.close();
  }
}

/** Of an earlier run, where it is there. */
async function madeTenant(url: string): Promise<number> {
  const owner = await connectOwner(url);
  try {
    const known = await owner.transaction(platformTenant, 'read', tx => selectTenant(tx, externalId));
    if (known !== undefined) return known;
    process.stderr.write(`Making a tenant of ${users} learners\n`);
    const id = await insertTenant(owner, externalId);
    const step = async (work: (tx: Transaction) => Promise<unknown>): Promise<void> => {
      await owner.transaction(id, 'write', async tx => {
        await withMuchMemory(tx);
        await work(tx);
      });
      await analyze(url);
    };
    await step(insertCompetencyRoster);
    await step(growTrees);
    await step(insertStatuses);
    await step(tx => insertLearnerDays(tx, today));
    await step(tx => keepCountsOfLoad(tx, new Date('2026-02-01T00:00:00Z')));
    await step(async tx => {
      const asked = { windows: [windowThrough(null, today)], thresholds: null };
      await fillLearnerFloor(tx, await selectLearnerRows(tx, everyClass, asked));
    });
    await keepFigures({ database: owner, tenantId: id, now: () => now });
    await analyze(url);
    return id;
  } finally {
    await owner.close();
  }
}
