import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { getOperationAST, GraphQLError, Kind, NoSchemaIntrospectionCustomRule, OperationTypeNode, type DocumentNode, type FormattedExecutionResult } from 'graphql';
import type { Logger } from 'pino';
import type { VerifyToken } from '../access/token';
import { formatError, toProblem, withoutHint } from '../errors';
import { defaultLimits, subgraphLimits, subgraphMegabytes, type Limits } from '../limits/limits';
import { refuseDeepNesting, refuseNul } from '../limits/nesting';
import { expectedRows, tooManyRows } from '../limits/query-rows';
import { noServiceRule, sizeRule } from '../limits/query-size';
import { timeLimit } from '../limits/time-limit';
import type { OnBug } from './answer';
import { headersOfAnswer } from './answered-at';
import { checkedDocumentStore } from './documents';
import { credentialsOf, mountRoutes, noSuchRoute, problemHandler, requestProblem, statusOf } from './http';
import { alive, readiness, type Check } from './ready';
import { recordRequests } from './request-log';
import { operationOf, recordCaller, recordOf } from './request-record';
import type { RunningSubgraph } from './subgraph';
import { tellMetrics } from './tell-metrics';

export interface SubgraphServerParts {
  running: RunningSubgraph;
  verifyToken: VerifyToken;
  checks: readonly Check[];
  onBug: OnBug;
  /** Told of every request; nobody is when omitted. */
  log?: Logger;
  /** The usual ones when omitted. */
  limits?: Limits;
  /** Whether it tells its schema; it does when omitted. */
  introspection?: boolean;
  /** Whose X-Forwarded-For is believed, the gateway's above all; nobody's when omitted. */
  trustedProxies?: readonly string[];
}

/**
 * One subgraph as a server of its own: POST /graphql, /version and its routes, for callers with a token; /healthz, /readyz
 * and /metrics.
 */
export function subgraphServer(parts: SubgraphServerParts): Express {
  const { running, verifyToken, checks, onBug, log, trustedProxies = [] } = parts;
  const app = express().disable('x-powered-by').disable('etag').set('trust proxy', [...trustedProxies]);
  if (log) app.use(recordRequests({ log, service: running.name }));
  app.get('/healthz', alive);
  app.get('/readyz', readiness(checks));
  app.get('/metrics', tellMetrics);
  const { token, answer } = graphqlHandlers(parts);
  app.post('/graphql', token, express.json({ limit: subgraphMegabytes * 1024 * 1024 }), answer, graphqlProblem(onBug));
  app.get('/version', async (request, response) => {
    const { token: given } = credentialsOf(request); // of the sender's own tenant, whichever they would act in
    response.set('cache-control', 'no-store').json({ version: await running.version({ token: given }) });
  });
  app.use(tenantOf(verifyToken));
  mountRoutes(app, running.routes);
  app.use(noSuchRoute, problemHandler(onBug));
  return app;
}

interface Posted {
  query?: unknown;
  variables?: Record<string, unknown>;
  operationName?: string;
}

function graphqlHandlers({ running, verifyToken, limits = defaultLimits, introspection = true }: SubgraphServerParts) {
  const { tokens, rows: mostRows, ...size } = subgraphLimits(limits);
  const check = checkedDocumentStore(running.schema, {
    tokens,
    first: [sizeRule(size)],
    more: introspection ? [] : [NoSchemaIntrospectionCustomRule, noServiceRule],
  });
  const rowsOf = ({ document, operationName, variables }: { document: DocumentNode; operationName: unknown; variables: unknown }): number => {
    const operation = getOperationAST(document, typeof operationName === 'string' ? operationName : null);
    const given = typeof variables === 'object' && variables !== null ? (variables as Record<string, unknown>) : {};
    return operation ? expectedRows({ schema: running.schema, document, operation, variables: given }) : 0;
  };
  const token: RequestHandler = async (request, response, next) => {
    const { token: given, actingTenant } = credentialsOf(request);
    const record = recordOf(response);
    record.route = '/graphql';
    recordCaller(record, await verifyToken(given), actingTenant);
    next();
  };
  const answer: RequestHandler = async (request, response) => {
    const { query, variables, operationName } = (request.body ?? {}) as Posted;
    if (typeof query !== 'string') throw badRequest('The body must be a JSON object with a query (application/json).');
    refuseDeepNesting(variables);
    refuseNul([query, variables, operationName]);
    const checked = check(query);
    const record = recordOf(response);
    if ('errors' in checked) {
      record.codes.add('BAD_USER_INPUT');
      const errors = checked.errors.map(error => {
        const message = introspection ? error.message : withoutHint(error.message);
        return formatError({ ...error.toJSON(), message }, badRequest(message));
      });
      response.status(400).json({ errors });
      return;
    }
    const operation = operationOf(checked.document, { text: query, operationName });
    if (operation) record.operation = operation;
    record.rows = rowsOf({ document: checked.document, operationName, variables });
    if (record.rows > mostRows) throw tooManyRows(record.rows, mostRows);
    const credentials = credentialsOf(request);
    const signal = timeLimit(response, { seconds: limits.seconds, readsOnly: !writes(checked.document) });
    const answered = await running.execute({ document: checked.document, variables, operationName, credentials, signal });
    for (const { extensions } of answered.errors ?? []) record.codes.add(String(extensions?.code));
    response.set(headersOfAnswer(answered)).json(introspection ? answered : withoutHints(answered));
  };
  return { token, answer };
}

/** Whose request it is, for its log line; the routes find out themselves who asks. */
const tenantOf =
  (verifyToken: VerifyToken): RequestHandler =>
  async (request, response, next) => {
    const { token, actingTenant } = credentialsOf(request);
    const claims = token === undefined ? undefined : await verifyToken(token).catch(() => undefined);
    if (claims) recordCaller(recordOf(response), claims, actingTenant);
    next();
  };

/** What was written into variables is compared with the schema only when they are read. */
const withoutHints = ({ errors, ...answer }: FormattedExecutionResult): FormattedExecutionResult =>
  errors ? { ...answer, errors: errors.map(error => ({ ...error, message: withoutHint(error.message) })) } : answer;

const writes = ({ definitions }: DocumentNode): boolean =>
  definitions.some(node => node.kind === Kind.OPERATION_DEFINITION && node.operation === OperationTypeNode.MUTATION);

const badRequest = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });

const graphqlProblem =
  (onBug: OnBug): ErrorRequestHandler =>
  (error, _request, response, _next) => {
    const isSyntax = error instanceof GraphQLError && error.message.startsWith('Syntax Error');
    const known = isSyntax ? badRequest(error.message) : (requestProblem(error, `${subgraphMegabytes} MB`) ?? error);
    const { message, extensions } = toProblem(known);
    const code = String(extensions.code ?? 'INTERNAL_SERVER_ERROR');
    const record = recordOf(response);
    record.codes.add(code);
    if (code === 'INTERNAL_SERVER_ERROR') onBug(error, { requestId: record.id });
    response.status(statusOf(code)).json({ errors: [{ message, extensions: { code } }] });
  };
