import type { Pool } from 'pg';
import { duration, gauges } from '../metrics';

interface Known {
  name: string;
  pool: Pool;
}

const open = new Set<Known>();

/** A pool of connections is told of from now on, until the returned function is called. */
export function tellPool(name: string, pool: Pool): () => void {
  const known = { name, pool };
  open.add(known);
  return () => void open.delete(known);
}

/** By name; of several with the same one all together. */
function added(count: (pool: Pool) => number): { labels: { pool: string }; value: number }[] {
  const values = new Map<string, number>();
  for (const { name, pool } of open) values.set(name, (values.get(name) ?? 0) + count(pool));
  return [...values].map(([pool, value]) => ({ labels: { pool }, value }));
}

gauges('strata_pool_connections', 'Connections to the database, by pool and state: used or idle.', {
  labelNames: ['pool', 'state'],
  collect: () => [
    ...added(({ totalCount, idleCount }) => totalCount - idleCount).map(one => stateOf(one, 'used')),
    ...added(({ idleCount }) => idleCount).map(one => stateOf(one, 'idle')),
  ],
});
const stateOf = ({ labels, value }: ReturnType<typeof added>[number], state: string) => ({ labels: { ...labels, state }, value });

gauges('strata_pool_limit', 'Connections that a pool may have.', {
  labelNames: ['pool'],
  collect: () => added(({ options }) => options.max),
});
gauges('strata_pool_waiting', 'Transactions that wait for a connection.', {
  labelNames: ['pool'],
  collect: () => added(({ waitingCount }) => waitingCount),
});
export const poolWaitSeconds = duration('strata_pool_wait_seconds', 'Seconds that a transaction waited for its connection.', ['pool']);
