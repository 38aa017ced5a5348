import type { Logger } from 'pino';
import { Database } from '../../subgraphs/shared/database/database';
import { partitionedTables } from '../../subgraphs/shared/database/partitioned-tables';
import { makePartitionsAhead } from '../../subgraphs/shared/database/partitions';
import type { OpenDatabase } from './database';

const hour = 3_600_000;

export interface MaintenanceParts {
  database: OpenDatabase;
  log: Logger;
  /** Milliseconds between two rounds; an hour when omitted. */
  every?: number;
}

/**
 * What only the tables' owner may do beside the requests: partitions are there before they are needed. The first round
 * is over when this returns. Several processes may do it, one at a time.
 */
export async function startMaintenance({ database, log, every = hour }: MaintenanceParts): Promise<{ stop(): Promise<void> }> {
  const owner = await Database.connect({ url: database.ownerUrl, stepDown: false, entities: [], poolSize: 1, prepares: false });
  const round = async (): Promise<void> => {
    try {
      const made = await makePartitionsAhead(owner, { tables: partitionedTables, now: new Date() });
      if (made.length > 0) log.debug({ partitions: made }, 'made partitions');
    } catch (error) {
      log.warn({ err: error }, 'partitions could not be made; the next round tries again');
    }
  };
  await round();
  let working: Promise<void> | undefined;
  const rounds = setInterval(() => (working = round()), every).unref();
  return {
    stop: async () => {
      clearInterval(rounds);
      await working;
      await owner.close();
    },
  };
}
