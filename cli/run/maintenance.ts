import type { Logger } from 'pino';
import { Database } from '../../subgraphs/shared/database/database';
import { partitionedTables } from '../../subgraphs/shared/database/partitioned-tables';
import { makePartitionsAhead } from '../../subgraphs/shared/database/partitions';
import type { OpenDatabase } from './database';
import { eraseAllTraces } from './erase-traces';
import { purgeAll } from './purge';

const minute = 60_000;
const hour = 60 * minute;

export interface MaintenanceParts {
  database: OpenDatabase;
  log: Logger;
  /** Milliseconds between two rounds; an hour when omitted. */
  every?: number;
}

/**
 * What only the tables' owner may do beside the requests: partitions are there before they are needed, what has expired
 * goes, and people who were erased leave no trace. Partitions are there when this returns; the rest follows. Several
 * processes may do it, one at a time.
 */
export async function startMaintenance({ database, log, every = hour }: MaintenanceParts): Promise<{ stop(): Promise<void> }> {
  const owner = await Database.connect({
    ...{ url: database.ownerUrl, stepDown: false, entities: [], poolSize: 2, prepares: false },
    statementTimeout: 10 * minute,
  });
  const round = async (): Promise<void> => {
    try {
      const made = await makePartitionsAhead(owner, { tables: partitionedTables, now: new Date() });
      if (made.length > 0) log.debug({ partitions: made }, 'made partitions');
    } catch (error) {
      log.warn({ err: error }, 'partitions could not be made; the next round tries again');
    }
  };
  const purge = async (): Promise<void> => {
    try {
      await purgeAll(owner, { now: new Date(), log });
    } catch (error) {
      if (!stopped) log.warn({ err: error }, 'what has expired could not be purged; the next round goes on with it');
    }
  };
  const erase = async (): Promise<void> => {
    try {
      await eraseAllTraces(owner, new Date());
    } catch (error) {
      if (!stopped) log.warn({ err: error }, 'traces of people who were erased could not be found; the next round tries again');
    }
  };
  let stopped = false;
  let working: Promise<void> | undefined;
  const work = (): void => {
    working ??= round()
      .then(purge)
      .finally(() => (working = undefined));
  };
  await round();
  work();
  const rounds = setInterval(work, every).unref();
  let erasing: Promise<void> | undefined;
  const erasures = setInterval(() => (erasing ??= erase().finally(() => (erasing = undefined))), Math.min(every, minute)).unref();
  return {
    stop: async () => {
      stopped = true;
      clearInterval(rounds);
      clearInterval(erasures);
      // A purge may be ended anywhere: what it had not yet committed, the next one does.
      await owner.close();
      await working;
      await erasing;
    },
  };
}
