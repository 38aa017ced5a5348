import { ingestPosts, type Receipt } from '../subgraphs/reporting/ingest/ingest';
import { PostsTogether } from '../subgraphs/reporting/ingest/posts-together';
import { foldAll } from '../subgraphs/reporting/rollup/fold';
import { selectCells } from '../subgraphs/reporting/rollup/cells.queries';
import { foldDeltas, selectClassesToFold } from '../subgraphs/reporting/rollup/stored.queries';
import { Database, type Transaction } from '../subgraphs/shared/database/database';
import { eventMaker, type BenchEvent } from './events';
import { canReadCpu, cpuMeter } from './cpu';
import { forgetEvents } from './events.queries';
import { type Made, type MadeTenant } from './made';
import { inTurn, median } from './measure';
import { atOnce } from './requests';
import type { Line } from './report';

const writers = 8;
const posts = 960;
const eventsEach = 10;

/** Whose events a post holds. */
const kinds = [
  { what: 'of one class', learners: eventsEach },
  { what: `of ${eventsEach} classes`, learners: 1 },
];

/** How posts become transactions: as the service has them, and each by itself. */
const manners = [
  { manner: 'sharing transactions', atOnce: 4, enough: 500, most: 2_000, atLeast: 3 },
  { manner: 'each post in one of its own', atOnce: writers, enough: 1, most: 1 },
];

/**
 * Small writers at the same time: each transaction leaves deltas for the folder, or else adds what it accepted to every
 * stored level itself. Both with the product's own statements.
 */
export async function measureWrites({ server, tenants }: Made): Promise<Line[]> {
  const tenant = tenants.at(-1)!;
  const database = await Database.connect({ url: server.url, stepDown: true, entities: [], poolSize: writers + 1 });
  const forget = () => forgetEvents(server.url, tenant.id);
  try {
    const lines: Line[] = [];
    for (const { what, learners } of kinds) {
      for (const { manner, ...sharing } of manners) {
        await forget();
        const make = eventMaker({ classes: tenant.classes, learners });
        const compared = await compare({ database, tenant, postgres: server.pid }, make, sharing);
        lines.push({ what: `${writers} writers of ${eventsEach} events ${what}, ${manner}`, ...compared });
      }
    }
    return lines;
  } finally {
    await forget();
    await database.close();
  }
}

async function compare(
  { database, tenant, postgres }: { database: Database; tenant: MadeTenant; postgres: number },
  make: (count: number) => BenchEvent[],
  { atLeast, ...sharing }: { atOnce: number; enough: number; most: number; atLeast?: number },
): Promise<Omit<Line, 'what'>> {
  const now = new Date();
  const accept = async (tx: Transaction, together: readonly BenchEvent[][]): Promise<Receipt[]> => {
    const receipts = await ingestPosts(tx, together, { now, ids: 'external' });
    if (receipts.some(({ accepted }) => accepted !== eventsEach)) throw new Error('not all events were accepted');
    return receipts;
  };
  /** Milliseconds a post. */
  const cpu: Record<'node' | 'postgres', number[]> = { node: [], postgres: [] };
  const meters = canReadCpu ? { node: ownCpu, postgres: cpuMeter(postgres) } : null;
  const perSecond = (write: typeof accept) => async (): Promise<number> => {
    const batches = Array.from({ length: posts }, () => make(eventsEach));
    const shared = new PostsTogether<BenchEvent[], Receipt>({
      ...{ ...sharing, sizeOf: ({ length }) => length, onIdle: () => undefined },
      store: together => database.transaction(tenant.id, 'activity', tx => write(tx, together)),
    });
    const begun = performance.now();
    await atOnce(writers, posts, () => shared.send(batches.pop()!));
    return (posts * eventsEach * 1000) / (performance.now() - begun);
  };
  const justAccept = perSecond(accept);
  const leaveDeltas = async (): Promise<number> => {
    const before = meters && { node: meters.node(), postgres: meters.postgres() };
    const rate = await justAccept();
    for (const name of ['node', 'postgres'] as const) {
      if (meters) cpu[name].push((meters[name]() - before![name]) / posts);
    }
    return rate;
  };
  const updateAll = perSecond(async (tx, together) => {
    const receipts = await accept(tx, together);
    // Lists are looked up by plans of their own, as the folder does; an activity's transaction has one plan for any list.
    await tx.query('set local plan_cache_mode = auto');
    // No delta of another transaction is ever visible here: each takes its own before it commits.
    const most = 1_000_000;
    const cells = await selectCells(tx, await selectClassesToFold(tx, most));
    const folded = await foldDeltas(tx, { most, cells });
    if (folded === 0) throw new Error('nothing was added to the stored levels');
    return receipts;
  });
  const folding: number[] = [];
  const { deltas, levels } = await inTurn(
    {
      deltas: async () => {
        const rate = await leaveDeltas();
        const begun = performance.now();
        await foldAll(database, tenant.id);
        folding.push((performance.now() - begun) / 1000);
        return rate;
      },
      levels: updateAll,
    },
    { warmups: 1, rounds: 5 },
  );
  const events = posts * eventsEach;
  return {
    ...{ part: 'writes', classes: tenant.classes, unit: 'events/s' },
    ...{ measured: median(deltas), floor: median(levels), ratio: median(deltas) / median(levels), ...(atLeast ? { atLeast } : {}) },
    more: {
      foldedToo: events / (events / median(deltas) + median(folding)),
      ...(meters ? { nodeCpu: median(cpu.node), postgresCpu: median(cpu.postgres) } : {}),
    },
  };
}

/** Of this process, which is the writers, in milliseconds. */
function ownCpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
