import type { FormattedExecutionResult, GraphQLSchema } from 'graphql';
import { callerIdentifier, callerVersion, type Caller, type Credentials } from '../access/caller';
import type { VerifyToken } from '../access/token';
import { answerAudited } from '../audit/audited-route';
import { Database } from '../database/database';
import type { ReplicaSettings } from '../database/replica';
import type { Session } from '../database/session';
import type { FirstQuestion } from '../database/standing-statements';
import type { SubgraphName } from '../environment';
import { defaultLimits, type Limits } from '../limits/limits';
import type { OnBug } from './answer';
import { answerer, type SubgraphRequest } from './answer-operation';
import { buildProtectedSchema, type SchemaParts, type SubgraphSchema } from './build-schema';
import { executor } from './compiled';
import { contextFactory } from './context';
import { lagJudge } from './may-lag';
import type { RunningRoute, SubgraphRoute, TokenIssuer } from './route';

/** What a subgraph is made of; its subgraph.ts says it. */
export interface SubgraphParts extends SchemaParts {
  name: SubgraphName;
  /** The tables it owns, for TypeORM. */
  tables: Function[];
  /** A question that every read begins with, in the message that begins it. */
  firstQuestion?: FirstQuestion;
  /**
   * What may be answered of a moment ago, by a replica: fields of Query, and entities, whose answers say of which moment
   * they are. All else is of now.
   */
  mayLag?: readonly string[];
  createLoaders: (parts: { caller: Caller; session: Session; now: Date }) => unknown;
  /** Work that goes on beside the requests; it ends before the subgraph's connections do. */
  startBackground?: (parts: { database: Database; now: () => Date; onBug: OnBug }) => { stop(): Promise<void> };
  /** HTTP routes that it answers beside its part of the graph. */
  routes?: readonly SubgraphRoute[];
}

export interface Runtime {
  databaseUrl: string;
  /** Whether the login must step down to the application's role in each transaction. */
  stepDown: boolean;
  verifyToken: VerifyToken;
  now?: () => Date;
  poolSize?: number;
  /** Whether statements are prepared once a connection; true when omitted. */
  prepares?: boolean;
  /** The way past a pooler that hands connections on; `databaseUrl` itself when omitted. */
  directUrl?: string;
  /** A streaming replica that answers reads which say of which moment they are. */
  replica?: ReplicaSettings;
  /** Whether work goes on beside the requests, folding say; true when omitted. */
  background?: boolean;
  /** Who gives tokens for passwords; where it is omitted, that is off. */
  issuer?: TokenIssuer;
  /** The usual ones when omitted. */
  limits?: Limits;
  /** Told of what callers are not: bugs, with their stacks. */
  onBug?: OnBug;
}

/** A subgraph at work. */
export interface RunningSubgraph {
  readonly name: SubgraphName;
  readonly schema: GraphQLSchema;
  readonly database: Database;
  readonly routes: readonly RunningRoute[];
  /** The version of all that an answer to this caller depends on. Rejects where the token does not hold. */
  version(credentials: Credentials): Promise<string>;
  /** Answers one operation. Never rejects: what goes wrong is in the answer's errors, bugs masked. */
  execute(request: SubgraphRequest): Promise<FormattedExecutionResult>;
  close(): Promise<void>;
}

export interface Subgraph extends SubgraphSchema {
  readonly name: SubgraphName;
  readonly routes: readonly Pick<SubgraphRoute, 'method' | 'path'>[];
  start(runtime: Runtime): Promise<RunningSubgraph>;
}

export function defineSubgraph(parts: SubgraphParts): Subgraph {
  const { name, tables, createLoaders, routes = [], startBackground, firstQuestion } = parts;
  const mayLag = lagJudge(parts.mayLag ?? []);
  const { schema, sdl } = buildProtectedSchema(parts);
  const run = executor(schema);
  return {
    name,
    schema,
    sdl,
    routes,
    start: async runtime => {
      const { databaseUrl, stepDown, verifyToken, poolSize, prepares, directUrl, replica, background = true } = runtime;
      const { now = () => new Date(), onBug = () => undefined, issuer, limits = defaultLimits } = runtime;
      const database = await Database.connect({
        ...{ url: databaseUrl, directUrl, replica, name, stepDown, poolSize, prepares, firstQuestion },
        entities: tables,
        statementTimeout: limits.seconds * 1_000,
      });
      const identify = callerIdentifier(database, verifyToken);
      const work = background ? startBackground?.({ database, now, onBug }) : undefined;
      const createContext = contextFactory({ database, identify, now, mostRows: limits.rows, createLoaders });
      return {
        name,
        schema,
        database,
        routes: routes.map(route => ({
          method: route.method,
          path: route.path,
          handle: request =>
            answerAudited(route, request, { database, identify, now: now(), ...(issuer ? { issuer } : {}) }),
        })),
        version: callerVersion(database, verifyToken),
        close: async () => {
          await work?.stop();
          await database.close();
        },
        execute: answerer({ name, database, createContext, run, mayLag, now, onBug }),
      };
    },
  };
}
