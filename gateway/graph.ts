import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';
import { formatError, withoutHint } from '../subgraphs/shared/errors';
import { defaultLimits, type Limits } from '../subgraphs/shared/limits/limits';
import { expectedRows, tooManyRows } from '../subgraphs/shared/limits/query-rows';
import { sizeRule } from '../subgraphs/shared/limits/query-size';
import type { SubgraphConnection } from './connection';
import { withoutQuotes } from '../subgraphs/shared/plain-words';
import { DirectQuestions } from './direct';
import { SubgraphDataSource, type GatewayContext } from './data-source';
import { planCache } from './query-plans';

export interface GraphParts {
  connections: readonly SubgraphConnection[];
  supergraphSdl: string;
  introspection: boolean;
  /** The usual ones when omitted. */
  limits?: Limits;
  log: Logger;
}

export interface Graph {
  server: ApolloServer<GatewayContext>;
  direct: DirectQuestions;
}

/** The federated graph: plans a request over the subgraphs and puts their answers together. Calls nobody else. */
export async function startGraph(parts: GraphParts): Promise<Graph> {
  process.env.APOLLO_TELEMETRY_DISABLED = 'true'; // read when a gateway is made; it would report to its maker otherwise
  const { connections, supergraphSdl, introspection, log, limits = defaultLimits } = parts;
  const byName = new Map<string, SubgraphConnection>(connections.map(connection => [connection.name, connection]));
  // Both libraries talk of their own starting and stopping, which is no news to whoever runs Strata. What they complain of
  // may quote what somebody sent.
  const logger = {
    debug: log.trace.bind(log),
    info: log.debug.bind(log),
    warn: (said: unknown) => log.warn(withoutQuotes(String(said))),
    error: (said: unknown) => log.error(withoutQuotes(String(said))),
  };
  const direct = new DirectQuestions(connections);
  const gateway = new ApolloGateway({
    supergraphSdl,
    buildService: ({ name }) => {
      const connection = byName.get(name);
      if (!connection) throw new Error(`the supergraph has a subgraph ${name} that this gateway does not know`);
      return new SubgraphDataSource(connection, limits.rows);
    },
    experimental_didResolveQueryPlan: direct.learn,
    __exposeQueryPlanExperimental: false,
    queryPlannerConfig: { cache: planCache() },
    validateSupergraph: false, // composing did; drift fails the check
    logger,
  });
  const server = new ApolloServer<GatewayContext>({
    gateway: direct.before(gateway),
    logger,
    introspection,
    hideSchemaDetailsFromClientErrors: !introspection,
    includeStacktraceInErrorResponses: false,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: limits.tokens },
    validationRules: [sizeRule(limits)],
    maxRecursiveSelections: true,
    formatError: (formatted, error) => publicError(formatted, { error, log, hints: introspection }),
    plugins: [
      tellErrors,
      operationIsThere,
      refuseTooManyRows(limits.rows),
      direct.plugin,
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginCacheControlDisabled(),
    ],
  });
  await server.start();
  return { server, direct };
}

/** What was wrong goes into the request's record. */
const tellErrors: ApolloServerPlugin<GatewayContext> = {
  requestDidStart: async () => ({
    willSendResponse: async ({ response: { body }, contextValue: { record } }) => {
      if (body.kind !== 'single') return;
      for (const { extensions } of body.singleResult.errors ?? []) record.codes.add(String(extensions?.code));
    },
  }),
};

/** The gateway would take an operation that the query does not have for a fault of its own. */
const operationIsThere: ApolloServerPlugin<GatewayContext> = {
  requestDidStart: async () => ({
    didResolveOperation: async ({ operation, request: { operationName } }) => {
      if (operation) return;
      const which = operationName ? `an operation named '${operationName}'` : 'one operation, or an operationName that says which';
      throw new GraphQLError(`The query must have ${which}.`, {
        extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } },
      });
    },
  }),
};
/** Refuses, before anything is read, what cannot be run and what would read too much; the rest waits for its turn. */
const refuseTooManyRows = (most: number): ApolloServerPlugin<GatewayContext> => ({
  requestDidStart: async () => ({
    didResolveOperation: async ({ schema, document, operation, request, contextValue }) => {
      if (!operation) return;
      if (!schema.getRootType(operation.operation)) throw badOperation(`There is no ${operation.operation} here.`);
      const rows = expectedRows({ schema, document, operation, variables: request.variables ?? {} });
      contextValue.record.rows = rows;
      if (rows <= most) return contextValue.turn(rows);
      throw new GraphQLError(tooManyRows(rows, most).message, { extensions: { code: 'TOO_LARGE', http: { status: 400 } } });
    },
  }),
});

const badOperation = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } } });

/** What a client is told: the message, where it happened and a code; of a subgraph's name or address nothing. */
function publicError(
  formatted: GraphQLFormattedError,
  { error, log, hints }: { error: unknown; log: Logger; hints: boolean },
): GraphQLFormattedError {
  if (formatted.extensions?.validationErrorCode === 'INTROSPECTION_DISABLED') return introspectionIsOff;
  const shown = formatError(formatted, error);
  const isSubgraphs = formatted.extensions?.serviceName !== undefined; // it has logged its bugs itself
  if (shown.extensions?.code === 'INTERNAL_SERVER_ERROR' && !isSubgraphs) log.error({ err: error }, 'a request failed');
  const told = hints ? shown : { ...shown, message: withoutHint(shown.message) };
  const listAt = told.path?.indexOf('@') ?? -1; // the planner's sign for "each of the list"
  return listAt < 0 ? told : { ...told, path: told.path!.slice(0, listAt) };
}

const introspectionIsOff: GraphQLFormattedError = {
  message: 'Introspection is switched off here (STRATA_INTROSPECTION).',
  extensions: { code: 'FORBIDDEN' },
};
