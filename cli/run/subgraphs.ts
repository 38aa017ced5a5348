import type { Logger } from 'pino';
import { subgraphs } from '../../subgraphs';
import { verificationKeys } from '../../subgraphs/shared/access/keys';
import { tokenVerifier, type VerifyToken } from '../../subgraphs/shared/access/token';
import { pendingMigrations } from '../../subgraphs/shared/database/migrate';
import type { Environment } from '../../subgraphs/shared/environment';
import type { Check } from '../../subgraphs/shared/subgraph/ready';
import type { RunningSubgraph, Subgraph } from '../../subgraphs/shared/subgraph/subgraph';
import type { OpenDatabase } from './database';

export async function tokenVerifierOf({ jwksUrl, dataDir, issuer, audience }: Environment): Promise<VerifyToken> {
  const key = await verificationKeys({ dataDir, ...(jwksUrl ? { jwksUrl } : {}) });
  return tokenVerifier({ key, issuer, audience });
}

interface StartParts {
  database: OpenDatabase;
  verifyToken: VerifyToken;
  log: Logger;
}

export const startSubgraph = (
  subgraph: Subgraph,
  { database, verifyToken, log }: StartParts,
): Promise<RunningSubgraph> =>
  subgraph.start({
    databaseUrl: database.appUrl,
    stepDown: database.stepDown,
    ...(database.prepares === undefined ? {} : { prepares: database.prepares }),
    verifyToken,
    onBug: error => log.error({ err: error, subgraph: subgraph.name }, 'an operation failed'),
  });

export const startSubgraphs = (parts: StartParts): Promise<RunningSubgraph[]> =>
  Promise.all(subgraphs.map(subgraph => startSubgraph(subgraph, parts)));

/** The database answers, and its schema is this version's. */
export function databaseChecks(database: OpenDatabase, running: RunningSubgraph): Check[] {
  let isCurrent = false; // once it is, only another version of the program would change it
  return [
    { name: 'database', look: async () => void (await running.database.ping()) },
    {
      name: 'migrations',
      look: async () => {
        if (isCurrent) return undefined;
        const pending = await pendingMigrations(database.ownerUrl);
        isCurrent = pending.length === 0;
        return isCurrent ? undefined : `${pending.length} steps to take: strata migrate`;
      },
    },
  ];
}
