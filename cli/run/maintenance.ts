import type { Logger } from 'pino';
import { Database } from '../../subgraphs/shared/database/database';
import { standForLeader } from '../../subgraphs/shared/database/leader';
import { partitionedTables } from '../../subgraphs/shared/database/partitioned-tables';
import { makePartitionsAhead } from '../../subgraphs/shared/database/partitions';
import { counter } from '../../subgraphs/shared/metrics';
import type { OpenDatabase } from './database';
import { eraseAllTraces } from './erase-traces';
import { purgeAll } from './purge';

const minute = 60_000;
const hour = 60 * minute;

const works = ['partitions', 'purge', 'erasure'] as const;
const failures = counter('strata_maintenance_failures_total', 'Rounds of work of the leader that failed, and are tried again.', ['work']);
for (const work of works) failures.inc({ work }, 0); // told before the first

export interface MaintenanceParts {
  database: Pick<OpenDatabase, 'ownerUrl' | 'replica'>;
  log: Logger;
  /** Milliseconds between two rounds; an hour when omitted. */
  every?: number;
}

/**
 * What only the tables' owner may do beside the requests: partitions are there before they are needed, what has expired
 * goes, people who were erased leave no trace, and replicas are told the time. Of all processes one does it, the leader;
 * another takes over within seconds of its end. Where this one leads at once, partitions are there when this returns; the
 * rest follows.
 */
export async function startMaintenance({ database, log, every = hour }: MaintenanceParts): Promise<{ stop(): Promise<void> }> {
  const { ownerUrl, replica } = database;
  const owner = await Database.connect({
    ...{ url: ownerUrl, stepDown: false, entities: [], poolSize: 2, prepares: false },
    statementTimeout: 10 * minute,
  });
  let stopped = false;
  const tried = async (name: (typeof works)[number], work: () => Promise<unknown>, failed: string): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (stopped) return;
      failures.inc({ work: name });
      log.warn({ err: error }, failed);
    }
  };
  const makePartitions = async (): Promise<void> => {
    const made = await makePartitionsAhead(owner, { tables: partitionedTables, now: new Date() });
    if (made.length > 0) log.debug({ partitions: made }, 'made partitions');
  };
  const prepare = () => tried('partitions', makePartitions, 'partitions could not be made; the next round tries again');
  const purge = () =>
    tried('purge', () => purgeAll(owner, { now: new Date(), log }), 'what has expired could not be purged; the next round goes on with it');
  const erase = () =>
    tried('erasure', () => eraseAllTraces(owner, new Date()), 'traces of people who were erased could not be found; the next round tries again');
  let prepared: Promise<void> | undefined;
  let working: Promise<void> | undefined;
  const work = (): void => {
    if (working) return;
    prepared = prepare();
    working = prepared.then(purge).finally(() => (working = undefined));
  };
  const leader = await standForLeader({
    url: ownerUrl,
    beats: replica !== undefined,
    onTerm: work,
    onError: error => log.warn({ err: error }, 'the database cannot be asked who leads; the next try is in a second'),
  });
  await prepared;
  const rounds = setInterval(() => {
    if (leader.term) work();
  }, every).unref();
  let erasing: Promise<void> | undefined;
  const erasures = setInterval(() => {
    if (leader.term) erasing ??= erase().finally(() => (erasing = undefined));
  }, Math.min(every, minute)).unref();
  return {
    stop: async () => {
      stopped = true;
      clearInterval(rounds);
      clearInterval(erasures);
      await leader.stop();
      // A purge may be ended anywhere: what it had not yet committed, the next one does.
      await owner.close();
      await working;
      await erasing;
    },
  };
}
