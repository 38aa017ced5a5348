import type { Client } from 'pg';

const leaderLock = 7_310_020;

/**
 * Has the server find out soon when this connection's other end is gone without a word: after half a minute, which is
 * longer than the other end takes to know that it leads no more.
 */
export const noticeSilence = (session: Client): Promise<unknown> =>
  session.query(`select set_config('tcp_keepalives_idle', '15', false), set_config('tcp_keepalives_interval', '5', false),
    set_config('tcp_keepalives_count', '3', false)`);

/** Whether the session leads from now on. It does until it ends: nobody else can take its lock. */
export async function takeLead(session: Client): Promise<boolean> {
  const { rows } = await session.query<{ leads: boolean }>('select pg_try_advisory_lock($1) as leads', [leaderLock]);
  return rows[0]!.leads;
}

/** Rejects where the session has ended, and its lock with it. */
export const isStillThere = (session: Client): Promise<unknown> => session.query('select 1');

/**
 * Writes down that it is now. Whoever sees this row, on a replica too, sees all that was committed before: the moment is
 * taken first and committed last.
 */
export const beat = (session: Client): Promise<unknown> =>
  session.query('update heartbeat set beat_at = clock_timestamp()');
