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
import { formatError } from '../subgraphs/shared/errors';
import type { SubgraphConnection } from './connection';
import { DirectQuestions } from './direct';
import { SubgraphDataSource, type GatewayContext } from './data-source';
import { limitsRule, parseOptions } from './limits';

export interface GraphParts {
  connections: readonly SubgraphConnection[];
  supergraphSdl: string;
  introspection: boolean;
  log: Logger;
}

export interface Graph {
  server: ApolloServer<GatewayContext>;
  direct: DirectQuestions;
}

/** Query plans that are kept, in mebibytes; a plan of a report takes some ten kilobytes. */
const planStore = 30;

/** The federated graph: plans a request over the subgraphs and puts their answers together. Calls nobody else. */
export async function startGraph(parts: GraphParts): Promise<Graph> {
  process.env.APOLLO_TELEMETRY_DISABLED = 'true'; // read when a gateway is made; it would report to its maker otherwise
  const { connections, supergraphSdl, introspection, log } = parts;
  const byName = new Map<string, SubgraphConnection>(connections.map(connection => [connection.name, connection]));
  // Both libraries talk of their own starting and stopping, which is no news to whoever runs Strata.
  const logger = {
    debug: log.trace.bind(log),
    info: log.debug.bind(log),
    warn: log.warn.bind(log),
    error: log.error.bind(log),
  };
  const direct = new DirectQuestions(connections);
  const gateway = new ApolloGateway({
    supergraphSdl,
    buildService: ({ name }) => {
      const connection = byName.get(name);
      if (!connection) throw new Error(`the supergraph has a subgraph ${name} that this gateway does not know`);
      return new SubgraphDataSource(connection);
    },
    experimental_didResolveQueryPlan: direct.learn,
    __exposeQueryPlanExperimental: false,
    experimental_approximateQueryPlanStoreMiB: planStore,
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
    parseOptions,
    validationRules: [limitsRule],
    maxRecursiveSelections: true,
    formatError: (formatted, error) => publicError(formatted, { error, log }),
    plugins: [
      operationIsThere,
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

/** What a client is told: the message, where it happened and a code; of a subgraph's name or address nothing. */
function publicError(
  formatted: GraphQLFormattedError,
  { error, log }: { error: unknown; log: Logger },
): GraphQLFormattedError {
  if (formatted.extensions?.validationErrorCode === 'INTROSPECTION_DISABLED') return introspectionIsOff;
  const shown = formatError(formatted, error);
  const isSubgraphs = formatted.extensions?.serviceName !== undefined; // it has logged its bugs itself
  if (shown.extensions?.code === 'INTERNAL_SERVER_ERROR' && !isSubgraphs) log.error({ err: error }, 'a request failed');
  const listAt = shown.path?.indexOf('@') ?? -1; // the planner's sign for "each of the list"
  return listAt < 0 ? shown : { ...shown, path: shown.path!.slice(0, listAt) };
}

const introspectionIsOff: GraphQLFormattedError = {
  message: 'Introspection is switched off here (STRATA_INTROSPECTION).',
  extensions: { code: 'FORBIDDEN' },
};
