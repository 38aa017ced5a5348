import { Client } from 'pg';
import { gauge } from '../metrics';
import { beat, isStillThere, noticeSilence, takeLead } from './leader.queries';

export interface LeaderOptions {
  /**
   * The tables' owner. Straight to the server: the lock belongs to the session, which a pooler in transaction mode hands
   * to somebody else.
   */
  url: string;
  /** Whether it keeps the heartbeat going by which replicas know how far they have come. */
  beats?: boolean;
  /** Milliseconds between two tries to lead, or two looks whether it still does; a second when omitted. */
  every?: number;
  /** This process leads from now on, until the signal is aborted. */
  onTerm?: (term: AbortSignal) => void;
  onError?: (error: unknown) => void;
}

export interface Leader {
  /** While this process leads: aborted the moment it does no more. Undefined while another one leads, or none. */
  readonly term: AbortSignal | undefined;
  /** Gives the lead up, at once to be taken by another. */
  stop(): Promise<void>;
}

/** Milliseconds that the server may take to answer; then this process takes itself for alone, and leads no more. */
const patience = 5_000;

let leading = 0;
gauge('strata_leader', 'Whether this process does what one of all does: partitions, retention, the heartbeat.', () => leading);

/**
 * One process of all that use a database leads: it holds a lock of a session of its own. When it dies, the session ends
 * and the lock with it, and another has it at its next try. The first try is over when this resolves; a database that is
 * away is tried again.
 *
 * Work that must not be done twice does not rest on this alone: a leader whose network breaks learns of it later than the
 * server may. Each step is one transaction that finds out for itself what is still to be done.
 */
export async function standForLeader(options: LeaderOptions): Promise<Leader> {
  const { url, beats = false, every = 1_000, onTerm = () => undefined, onError = () => undefined } = options;
  let session: Client | undefined;
  let term: AbortController | undefined;
  let stopped = false;

  const leave = async (): Promise<void> => {
    const { session: left, term: ended } = { session, term };
    session = term = undefined;
    if (ended) leading--;
    ended?.abort();
    await left?.end().catch(() => undefined); // the lock is free once the session has ended
  };
  const open = async (): Promise<Client> => {
    const opened = new Client({
      connectionString: url,
      application_name: 'strata leader',
      connectionTimeoutMillis: patience,
      query_timeout: patience,
      keepAlive: true,
    });
    const lose = (): void => {
      if (session === opened) void leave();
    };
    opened.on('error', lose).on('end', lose);
    await opened.connect();
    session = opened;
    await noticeSilence(opened);
    return opened;
  };
  const lookAfter = async (): Promise<void> => {
    const held = session ?? (await open());
    if (term) return void (await (beats ? beat(held) : isStillThere(held)));
    if (!(await takeLead(held)) || session !== held) return;
    term = new AbortController();
    leading++;
    onTerm(term.signal);
    if (beats) await beat(held);
  };
  const tryToLead = async (): Promise<void> => {
    try {
      await lookAfter();
    } catch (error) {
      void leave();
      if (!stopped) onError(error);
    }
  };

  let trying = tryToLead();
  let next: NodeJS.Timeout | undefined;
  const goOn = (): void => {
    if (stopped) return;
    next = setTimeout(() => {
      trying = tryToLead();
      void trying.then(goOn);
    }, every).unref();
  };
  await trying;
  goOn();
  return {
    get term() {
      return term?.signal;
    },
    stop: async () => {
      stopped = true;
      clearTimeout(next);
      await trying;
      await leave();
    },
  };
}
