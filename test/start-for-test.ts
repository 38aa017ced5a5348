import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parse, type FormattedExecutionResult } from 'graphql';
import { signDevelopmentToken, verificationKeys, type TokenContents } from '../subgraphs/shared/access/keys';
import { tokenVerifier, type VerifyToken } from '../subgraphs/shared/access/token';
import type { OAuthClient } from '../subgraphs/shared/access/oauth-clients';
import type { Limits } from '../subgraphs/shared/limits/limits';
import type { SubgraphName } from '../subgraphs/shared/environment';
import type { RunningSubgraph, Subgraph } from '../subgraphs/shared/subgraph/subgraph';
import type { ReplicaSettings } from '../subgraphs/shared/database/replica';
import { directUrlOf, isBehindPgBouncer } from './database';
import type { KnownTenant } from './fixture';

export interface Question {
  subgraph: SubgraphName;
  tenant: KnownTenant;
  /** Who asks: the fixture's name of a person of the tenant. */
  as: string;
  query: string;
  variables?: Record<string, unknown>;
  /** What the token says otherwise than the person's row would. */
  token?: Partial<TokenContents>;
  /** The header Strata-Tenant. */
  actingTenant?: string;
}

export interface ServiceForTest {
  subgraph(name: SubgraphName): RunningSubgraph;
  ask(question: Question): Promise<FormattedExecutionResult>;
  /** A request of entities, as the gateway makes it: `fields` of each representation. */
  entities(
    question: Omit<Question, 'query' | 'variables'> & {
      type: string;
      keys: Record<string, string>[];
      fields: string;
    },
  ): Promise<FormattedExecutionResult<{ _entities: (Record<string, unknown> | null)[] }>>;
  /** What the service checks tokens with. */
  verifyToken: VerifyToken;
  /** A token that the service accepts. */
  token(contents: TokenContents): Promise<string>;
  close(): Promise<void>;
}

/** Subgraphs at work on a test database, under the application's role, with a development key of their own. */
export async function startForTest({
  url,
  subgraphs,
  now,
  background = true,
  limits,
  oauth,
  replica,
  onBug = error => console.error(error), // what callers are not told, who looks for a test's mistake must be
}: {
  url: string;
  subgraphs: readonly Subgraph[];
  /** The moment at which requests are answered; the clock's when omitted. Tokens go by the clock. */
  now?: () => Date;
  onBug?: (error: unknown) => void;
  /** Whether folding goes on in the background; true when omitted. */
  background?: boolean;
  limits?: Limits;
  /** Who gives tokens for passwords. */
  oauth?: readonly OAuthClient[];
  /** A streaming replica for reads. */
  replica?: ReplicaSettings;
}): Promise<ServiceForTest> {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'strata-keys-'));
  const rules = { dataDir, issuer: 'test', audience: 'strata' };
  const verifyToken = tokenVerifier({ key: await verificationKeys(rules), ...rules });
  const sign = (contents: TokenContents) => signDevelopmentToken({ ...rules, now: new Date() }, contents);
  const lifetime = 3_600;
  const issuer = oauth && {
    clients: oauth,
    lifetime,
    sign: (contents: TokenContents) => signDevelopmentToken({ ...rules, now: new Date(), lifetime }, contents),
  };
  const running = new Map<SubgraphName, RunningSubgraph>();
  for (const subgraph of subgraphs) {
    const runtime = {
      ...{ databaseUrl: url, stepDown: true, verifyToken, onBug, background, poolSize: 4 },
      ...(isBehindPgBouncer() ? { directUrl: directUrlOf(url), prepares: false } : {}),
      ...(replica ? { replica } : {}),
      ...(now ? { now } : {}),
      ...(limits ? { limits } : {}),
      ...(issuer ? { issuer } : {}),
    };
    running.set(subgraph.name, await subgraph.start(runtime));
  }
  const subgraphOf = (name: SubgraphName): RunningSubgraph => {
    const found = running.get(name);
    if (!found) throw new Error(`the subgraph ${name} was not started`);
    return found;
  };
  const ask: ServiceForTest['ask'] = async ({ subgraph, tenant, as, query, variables, token, actingTenant }) => {
    const signed = await sign({ subject: as, tenant: tenant.key, roles: tenant.rolesOf(as), ...token });
    const credentials = { token: signed, ...(actingTenant === undefined ? {} : { actingTenant }) };
    return subgraphOf(subgraph).execute({ document: parse(query), variables, credentials });
  };
  return {
    subgraph: subgraphOf,
    verifyToken,
    token: sign,
    ask,
    entities: ({ type, keys, fields, ...question }) =>
      ask({
        ...question,
        query: `query ($keys: [_Any!]!) { _entities(representations: $keys) { ... on ${type} { ${fields} } } }`,
        variables: { keys: keys.map(key => ({ __typename: type, ...key })) },
      }) as never,
    close: async () => {
      for (const subgraph of running.values()) await subgraph.close();
      rmSync(dataDir, { recursive: true });
    },
  };
}
