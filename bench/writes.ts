import { ingest } from '../subgraphs/reporting/ingest/ingest';
import { foldAll } from '../subgraphs/reporting/rollup/fold';
import { selectCells } from '../subgraphs/reporting/rollup/cells.queries';
import { foldDeltas, selectClassesToFold } from '../subgraphs/reporting/rollup/stored.queries';
import { Database, type Transaction } from '../subgraphs/shared/database/database';
import { eventMaker, type BenchEvent } from './events';
import { canReadCpu, cpuMeter } from './cpu';
import { forgetEvents } from './events.queries';
import { connectOwner, type Made, type MadeTenant } from './made';
import { inTurn, median } from './measure';
import { atOnce } from './requests';
import type { Line } from './report';

const writers = 8;
const transactions = 320;
const eventsEach = 10;

/** Whose events a transaction holds. */
const kinds = [
  { what: 'of one class', learners: eventsEach },
  { what: `of ${eventsEach} classes`, learners: 1 },
];

/**
 * Small writers at the same time: each transaction leaves deltas for the folder, or else adds what it accepted to every
 * stored level itself. Both with the product's own statements.
 */
export async function measureWrites({ server, tenants }: Made): Promise<Line[]> {
  const tenant = tenants.at(-1)!;
  const database = await Database.connect({ url: server.url, stepDown: true, entities: [], poolSize: writers + 1 });
  const owner = await connectOwner(server.url);
  const forget = () => owner.transaction(tenant.id, 'write', forgetEvents);
  try {
    const lines: Line[] = [];
    for (const { what, learners } of kinds) {
      await forget();
      const make = eventMaker({ classes: tenant.classes, learners });
      const compared = await compare({ database, tenant, postgres: server.pid }, make);
      lines.push({ what: `${writers} writers of ${eventsEach} events ${what}`, ...compared });
    }
    return lines;
  } finally {
    await forget();
    await owner.close();
    await database.close();
  }
}

async function compare(
  { database, tenant, postgres }: { database: Database; tenant: MadeTenant; postgres: number },
  make: (count: number) => BenchEvent[],
): Promise<Omit<Line, 'what'>> {
  const now = new Date();
  const accept = async (tx: Transaction, events: BenchEvent[]): Promise<void> => {
    const { accepted } = await ingest(tx, events, { now, ids: 'external' });
    if (accepted !== events.length) throw new Error(`of ${events.length} events ${accepted} were accepted`);
  };
  /** Milliseconds a transaction. */
  const cpu: Record<'node' | 'postgres', number[]> = { node: [], postgres: [] };
  const meters = canReadCpu ? { node: ownCpu, postgres: cpuMeter(postgres) } : null;
  const perSecond = (write: typeof accept) => async (): Promise<number> => {
    const batches = Array.from({ length: transactions }, () => make(eventsEach));
    const begun = performance.now();
    await atOnce(writers, transactions, () => {
      const events = batches.pop()!;
      return database.transaction(tenant.id, 'activity', tx => write(tx, events));
    });
    return (transactions * eventsEach * 1000) / (performance.now() - begun);
  };
  const justAccept = perSecond(accept);
  const leaveDeltas = async (): Promise<number> => {
    const before = meters && { node: meters.node(), postgres: meters.postgres() };
    const rate = await justAccept();
    for (const name of ['node', 'postgres'] as const) {
      if (meters) cpu[name].push((meters[name]() - before![name]) / transactions);
    }
    return rate;
  };
  const updateAll = perSecond(async (tx, events) => {
    await accept(tx, events);
    // Lists are looked up by plans of their own, as the folder does; an activity's transaction has one plan for any list.
    await tx.query('set local plan_cache_mode = auto');
    // No delta of another transaction is ever visible here: each takes its own before it commits.
    const most = 1_000_000;
    const cells = await selectCells(tx, await selectClassesToFold(tx, most));
    const folded = await foldDeltas(tx, { most, cells });
    if (folded === 0) throw new Error('nothing was added to the stored levels');
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
  const events = transactions * eventsEach;
  return {
    ...{ part: 'writes', classes: tenant.classes, unit: 'events/s' },
    ...{ measured: median(deltas), floor: median(levels), ratio: median(deltas) / median(levels), atLeast: 3 },
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
