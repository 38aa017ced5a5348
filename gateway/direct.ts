import type { ApolloGateway, GatewayConfig } from '@apollo/gateway';
import { HeaderMap, type ApolloServerOptionsWithGateway, type ApolloServerPlugin, type GraphQLRequestContext } from '@apollo/server';
import {
  GraphQLError,
  OperationTypeNode,
  visit,
  type DocumentNode,
  type FormattedExecutionResult,
  type GraphQLFormattedError,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { versionAnswered, wasBehind } from '../subgraphs/shared/subgraph/answered-at';
import type { Fetch, SubgraphConnection } from './connection';
import { fetchTraced, unlessAborted, type GatewayContext } from './data-source';

type GatewayInterface = ApolloServerOptionsWithGateway<GatewayContext>['gateway'];
type GatewayExecutor = NonNullable<Awaited<ReturnType<GatewayInterface['load']>>['executor']>;
type Asked = Required<Pick<GraphQLRequestContext<GatewayContext>, 'document' | 'request' | 'source'>> & { context: GatewayContext };
/** Characters of query text that are remembered. */
const remembered = 1_000_000;

type DidResolveQueryPlan = NonNullable<GatewayConfig['experimental_didResolveQueryPlan']>;

/**
 * Questions that one subgraph answers whole, as it answers a report, are handed to it as they came: its answer is the
 * answer, and needs no plan to be carried out and nothing to be put together. Which questions these are is learnt from
 * the gateway's own plans, so each takes the usual way once.
 */
export class DirectQuestions {
  private readonly connections: ReadonlyMap<string, SubgraphConnection>;
  /** By operation and text, the subgraph that answers it whole. */
  private readonly known = new LRUCache<string, SubgraphConnection>({
    maxSize: remembered,
    sizeCalculation: (_, key) => key.length,
  });

  constructor(connections: readonly SubgraphConnection[]) {
    this.connections = new Map(connections.map(connection => [connection.name, connection]));
  }

  /** Looks at a plan that the gateway is about to carry out. */
  readonly learn: DidResolveQueryPlan = ({ queryPlan, requestContext, operationContext }) => {
    const { node } = queryPlan;
    const { document, request, source, context } = requestContext as unknown as Asked;
    context.record.answered = 'plan';
    if (node?.kind !== 'Fetch' || node.requires || operationContext.operation.operation !== OperationTypeNode.QUERY) return;
    const connection = this.connections.get(node.serviceName);
    if (!connection || asksForSchema(document)) return;
    this.known.set(keyOf(source, request.operationName), connection);
  };

  /** Whether a question will be handed to one subgraph. */
  has(query: string, operationName: unknown): boolean {
    return this.known.has(keyOf(query, operationName));
  }

  /** Answers such questions before the gateway is asked; but what has errors is told by its way, where they are put in words. */
  readonly plugin: ApolloServerPlugin<GatewayContext> = {
    requestDidStart: async () => ({
      responseForOperation: async ({ request: { operationName, variables }, source, contextValue }) => {
        const connection = this.known.get(keyOf(source, operationName));
        const answer = connection && (await ask(connection, { query: source, variables, operationName }, contextValue));
        if (!answer) return null;
        if (answer.errors) {
          contextValue.direct = { answer, from: connection.name };
          return null;
        }
        return { http: { headers: new HeaderMap() }, body: { kind: 'single', singleResult: { data: answer.data! } } };
      },
    }),
  };

  /** The gateway, which tells what such a question was answered with errors. */
  before(gateway: ApolloGateway): GatewayInterface {
    return {
      load: async options => {
        const { executor } = await gateway.load(options);
        return { executor: tellDirect(executor) };
      },
      onSchemaLoadOrUpdate: gateway.onSchemaLoadOrUpdate.bind(gateway),
      stop: () => gateway.stop(),
    };
  }
}

/** What a subgraph answers to a whole question; undefined where it takes the usual way. */
async function ask(
  connection: SubgraphConnection,
  question: Pick<Fetch, 'query' | 'operationName'> & { variables?: Record<string, unknown> | undefined },
  context: GatewayContext,
): Promise<FormattedExecutionResult | undefined> {
  const { credentials, signal, answered, record } = context;
  const asked = { ...question, variables: question.variables, credentials, signal };
  const answer = await unlessAborted(fetchTraced(connection, asked), signal).catch(() => undefined);
  if (!answer?.data) {
    // What went wrong as a whole is said by the usual way, field by field. It is one fetch to the same subgraph, which
    // is not made where it was refused already: that would stand in the audit log twice.
    if (answer && !isUnreadable(answer)) context.refused = answer;
    return undefined;
  }
  const version = versionAnswered(answer);
  record.answered = 'direct';
  if (answered && version !== undefined) answered.version = version;
  if (answered && wasBehind(answer)) answered.behind = true;
  return answer;
}

const tellDirect =
  (usual: GatewayExecutor): GatewayExecutor =>
  async requestContext => {
    const { direct } = (requestContext as unknown as Asked).context;
    if (!direct) return usual(requestContext);
    const { answer, from } = direct;
    return { data: answer.data!, errors: answer.errors!.map(error => told(error, from)) };
  };

const keyOf = (source: string, operationName: unknown): string => `${typeof operationName === 'string' ? operationName : ''}\n${source}`;

/** Whoever formats it must know that the subgraph has logged it. */
const told = ({ message, path, extensions }: GraphQLFormattedError, serviceName: string): GraphQLError =>
  new GraphQLError(message, { ...(path ? { path } : {}), extensions: { ...extensions, serviceName } });

/**
 * Whether nothing was executed, since the subgraph's own schema or the variables do not fit the question: a text may name
 * types that other subgraphs alone have, which the planner leaves out.
 */
const isUnreadable = ({ errors = [] }: FormattedExecutionResult): boolean =>
  errors.every(({ path, extensions }) => !path && extensions?.code === 'BAD_USER_INPUT');

/** A subgraph's schema is not the graph's. */
function asksForSchema(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    Field: ({ name }) => {
      if (name.value === '__schema' || name.value === '__type') found = true;
    },
  });
  return found;
}
