import { execute, type DocumentNode, type ExecutionResult, type GraphQLSchema } from 'graphql';
import { callerIdentifier, type Caller, type Credentials } from '../access/caller';
import type { VerifyToken } from '../access/token';
import { Database } from '../database/database';
import type { Session } from '../database/session';
import type { SubgraphName } from '../environment';
import { toProblem } from '../errors';
import { buildProtectedSchema, type SchemaParts, type SubgraphSchema } from './build-schema';
import { contextFactory } from './context';

/** What a subgraph is made of; its subgraph.ts says it. */
export interface SubgraphParts extends SchemaParts {
  name: SubgraphName;
  /** The tables it owns, for TypeORM. */
  tables: Function[];
  createLoaders: (parts: { caller: Caller; session: Session; now: Date }) => unknown;
}

export interface Runtime {
  databaseUrl: string;
  /** Whether the login must step down to the application's role in each transaction. */
  stepDown: boolean;
  verifyToken: VerifyToken;
  now?: () => Date;
  poolSize?: number;
}

export interface SubgraphRequest {
  document: DocumentNode;
  variables?: Record<string, unknown> | undefined;
  operationName?: string | undefined;
  credentials: Credentials;
}

/** A subgraph at work. */
export interface RunningSubgraph {
  readonly name: SubgraphName;
  readonly schema: GraphQLSchema;
  readonly database: Database;
  /** Answers one operation. Never rejects: what goes wrong is in the answer's errors. */
  execute(request: SubgraphRequest): Promise<ExecutionResult>;
  close(): Promise<void>;
}

export interface Subgraph extends SubgraphSchema {
  readonly name: SubgraphName;
  start(runtime: Runtime): Promise<RunningSubgraph>;
}

export function defineSubgraph(parts: SubgraphParts): Subgraph {
  const { name, tables, createLoaders } = parts;
  const { schema, sdl } = buildProtectedSchema(parts);
  return {
    name,
    schema,
    sdl,
    start: async ({ databaseUrl, stepDown, verifyToken, now = () => new Date(), poolSize }) => {
      const database = await Database.connect({
        url: databaseUrl,
        stepDown,
        entities: tables,
        ...(poolSize === undefined ? {} : { poolSize }),
      });
      const identify = callerIdentifier(database, verifyToken);
      const createContext = contextFactory({ database, identify, now, createLoaders });
      return {
        name,
        schema,
        database,
        close: () => database.close(),
        execute: async ({ document, variables, operationName, credentials }) => {
          try {
            const context = await createContext(credentials);
            try {
              return await execute({
                schema,
                document,
                contextValue: context,
                variableValues: variables ?? {},
                operationName: operationName ?? null,
              });
            } finally {
              await context.session.end();
            }
          } catch (error) {
            return { errors: [toProblem(error)] };
          }
        },
      };
    },
  };
}
