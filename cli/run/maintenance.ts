import type { Logger } from 'pino';
import { Database } from '../../subgraphs/shared/database/database';
import { standForLeader } from '../../subgraphs/shared/database/leader';
import { partitionedTables } from '../../subgraphs/shared/database/partitioned-tables';
import { makePartitionsAhead } from '../../subgraphs/shared/database/partitions';
import type { OpenDatabase } from './database';

const hour = 3_600_000;

export interface MaintenanceParts {
  database: Pick<OpenDatabase, 'ownerUrl' | 'replica'>;
  log: Logger;
  /** Milliseconds between two rounds; an hour when omitted. */
  every?: number;
}

/**
 * What only the tables' owner may do beside the requests: partitions are there before they are needed, and replicas are
 * told the time. Of all processes one does it, the leader; another takes over within seconds of its end. Where this one
 * leads at once, its first round is over when this returns.
 */
export async function startMaintenance({ database, log, every = hour }: MaintenanceParts): Promise<{ stop(): Promise<void> }> {
  const { ownerUrl, replica } = database;
  const owner = await Database.connect({ url: ownerUrl, stepDown: false, entities: [], poolSize: 1, prepares: false });
  const round = async (): Promise<void> => {
    try {
      const made = await makePartitionsAhead(owner, { tables: partitionedTables, now: new Date() });
      if (made.length > 0) log.debug({ partitions: made }, 'made partitions');
    } catch (error) {
      log.warn({ err: error }, 'partitions could not be made; the next round tries again');
    }
  };
  let working: Promise<void> | undefined;
  const work = (): void => {
    working ??= round().finally(() => (working = undefined));
  };
  const leader = await standForLeader({
    url: ownerUrl,
    beats: replica !== undefined,
    onTerm: work,
    onError: error => log.warn({ err: error }, 'the database cannot be asked who leads; the next try is in a second'),
  });
  await working;
  const rounds = setInterval(() => {
    if (leader.term) work();
  }, every).unref();
  return {
    stop: async () => {
      clearInterval(rounds);
      await working;
      await leader.stop();
      await owner.close();
    },
  };
}
