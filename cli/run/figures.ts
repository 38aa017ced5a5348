import type { Logger } from 'pino';
import { reportFilesInLine } from '../../subgraphs/reporting/exports/waiting.queries';
import { foldingFigures } from '../../subgraphs/reporting/rollup/waiting.queries';
import { groupFilesInLine } from '../../subgraphs/roster/import/student-groups/waiting.queries';
import { Database } from '../../subgraphs/shared/database/database';
import { tellDatabase } from '../../subgraphs/shared/database/figures';
import { partitionedTables } from '../../subgraphs/shared/database/partitioned-tables';
import type { OpenDatabase } from './database';

/** What is counted over all tenants; a subgraph that has a queue adds a line. */
const figures = [...groupFilesInLine, ...reportFilesInLine, ...foldingFigures];

/** Milliseconds for one of the few statements by which the database is asked about itself. */
const statementTimeout = 3_000;

/** The database's own figures in this process's /metrics, by the owner's login: no other may look over all tenants. */
export async function startFigures({ database, log, every }: { database: OpenDatabase; log: Logger; every?: number }): Promise<{ stop(): Promise<void> }> {
  const owner = await Database.connect({
    ...{ url: database.ownerUrl, name: 'figures', stepDown: false, entities: [], poolSize: 1, prepares: false },
    statementTimeout,
  });
  const end = tellDatabase({
    ...{ owner, figures, tables: partitionedTables, now: () => new Date() },
    ...(every === undefined ? {} : { every }),
    onError: error => log.warn({ err: error }, 'the figures of the database could not be read'),
  });
  return {
    stop: async () => {
      await end();
      await owner.close();
    },
  };
}
