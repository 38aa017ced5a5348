import type { Logger } from 'pino';
import { signDevelopmentToken, verificationKeys } from '../../subgraphs/shared/access/keys';
import type { UnusableKey } from '../../subgraphs/shared/access/usable-keys';
import { tokenVerifier, type VerifyToken } from '../../subgraphs/shared/access/token';
import { pendingMigrations } from '../../subgraphs/shared/database/migrate';
import type { Environment } from '../../subgraphs/shared/environment';
import type { Check } from '../../subgraphs/shared/subgraph/ready';
import type { TokenIssuer } from '../../subgraphs/shared/subgraph/route';
import type { RunningSubgraph, Subgraph } from '../../subgraphs/shared/subgraph/subgraph';
import type { OpenDatabase } from './database';

export async function tokenVerifierOf({ jwksUrl, dataDir, issuer, audience }: Environment, log: Logger): Promise<VerifyToken> {
  const onUnusable = (unusable: UnusableKey) => log.warn(unusable, "one of the issuer's keys cannot be used");
  const key = await verificationKeys({ dataDir, onUnusable, ...(jwksUrl ? { jwksUrl } : {}) });
  return tokenVerifier({ key, issuer, audience });
}

interface StartParts {
  database: OpenDatabase;
  verifyToken: VerifyToken;
  log: Logger;
  environment: Environment;
}

/** Seconds for which a token that was got for a password is valid. */
const tokenLifetime = 3_600;

/** Who gives tokens for passwords, where that is switched on. */
function issuerOf({ oauthClients, dataDir, issuer, audience }: Environment): TokenIssuer | undefined {
  if (oauthClients.length === 0) return undefined;
  const lifetime = tokenLifetime;
  return {
    clients: oauthClients,
    lifetime,
    sign: contents => signDevelopmentToken({ dataDir, issuer, audience, now: new Date(), lifetime }, contents),
  };
}

export const startSubgraph = (
  subgraph: Subgraph,
  { database, verifyToken, log, environment }: StartParts,
): Promise<RunningSubgraph> => {
  const issuer = issuerOf(environment);
  return subgraph.start({
    databaseUrl: database.appUrl,
    stepDown: database.stepDown,
    ...(database.prepares === undefined ? {} : { prepares: database.prepares }),
    ...(database.appUrl === database.ownerUrl ? {} : { directUrl: database.ownerUrl }),
    ...(database.replica ? { replica: database.replica } : {}),
    verifyToken,
    limits: environment.limits,
    ...(issuer ? { issuer } : {}),
    onBug: (error, { requestId } = {}) => log.error({ err: error, requestId, subgraph: subgraph.name }, 'an operation failed'),
  });
};

export async function startSubgraphs(parts: StartParts): Promise<RunningSubgraph[]> {
  const { subgraphs } = await import('../../subgraphs'); // here, so that a process that is one of them loads no other
  return Promise.all(subgraphs.map(subgraph => startSubgraph(subgraph, parts)));
}

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

/** What the settings say about the gateway's door. */
export const doorOf = ({ introspection, limits, trustedProxies, allowedOrigins, hsts, oauthClients, publicUrl }: Environment) => ({
  introspection,
  limits,
  trustedProxies,
  allowedOrigins,
  hsts,
  passwordSignIn: oauthClients.length > 0,
  ...(publicUrl ? { publicUrl } : {}),
});
