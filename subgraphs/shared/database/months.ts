import { Client } from 'pg';
import { isBusy, isUnavailable } from '../errors';
import { becomeLeader, makeMonth, tableExists } from './months.queries';

/** Tables that are partitioned by months, each with a default partition that takes what no month is there for. */
const tables = [{ table: 'audit_log', column: 'recorded_at', rest: 'audit_log_other_months' }] as const;

const monthsAhead = 3;
const pause = 6 * 3_600_000;
const afterFailure = 60_000;

/** Midnight of a month's first day, as text; months are counted from year 0, in UTC. */
const firstDay = (month: number): string => new Date(Date.UTC(0, month)).toISOString().slice(0, 10);

/**
 * Makes the partitions of this month and the next ones where they are missing; returns their names. Under a lock, so that
 * of several processes one does it. By the owner's login: the application's role can make no table.
 */
export async function makeMonths(ownerUrl: string, now: Date): Promise<string[]> {
  const owner = new Client({ connectionString: ownerUrl, connectionTimeoutMillis: 5_000, application_name: 'strata' });
  owner.on('error', () => undefined); // the statement under way tells
  await owner.connect();
  const made: string[] = [];
  try {
    await owner.query('begin');
    await owner.query("set local lock_timeout = '5s'; set local statement_timeout = '60s'");
    if (!(await becomeLeader(owner))) return [];
    const current = (now.getUTCFullYear() - 1900) * 12 + now.getUTCMonth();
    for (const { table, column, rest } of tables) {
      for (let month = current; month <= current + monthsAhead; month++) {
        const from = firstDay(month);
        const partition = `${table}_${from.slice(0, 7).replace('-', '_')}`;
        if (await tableExists(owner, partition)) continue;
        await makeMonth(owner, { table, column, rest, partition, from, before: firstDay(month + 1) });
        made.push(partition);
      }
    }
    await owner.query('commit');
    return made;
  } finally {
    await owner.end(); // what was not committed is taken back
  }
}

/** Makes them now and looks again every few hours; call what it returns to end that. */
export function keepMonths({ ownerUrl, onError }: { ownerUrl: string; onError: (error: unknown) => void }): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  let working: Promise<void>;
  const work = async (): Promise<void> => {
    let next = pause;
    try {
      await makeMonths(ownerUrl, new Date());
    } catch (error) {
      if (!isUnavailable(error) && !isBusy(error)) onError(error);
      next = afterFailure;
    }
    if (ended) return;
    timer = setTimeout(() => (working = work()), next);
    timer.unref();
  };
  working = work();
  return async () => {
    ended = true;
    clearTimeout(timer);
    await working;
  };
}
