import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { GraphQLError } from 'graphql';
import type { VerifyToken } from '../access/token';
import { formatError, toProblem } from '../errors';
import type { OnBug } from './answer';
import { checkedDocumentStore } from './documents';
import { credentialsOf, mountRoutes, noSuchRoute, problemHandler, requestProblem, statusOf } from './http';
import { alive, readiness, type Check } from './ready';
import type { RunningSubgraph } from './subgraph';
import { tellMetrics } from './tell-metrics';

/** A fetch of the gateway names every entity it is about: one page of a page is a million bytes and more. */
const megabytes = 16;

export interface SubgraphServerParts {
  running: RunningSubgraph;
  verifyToken: VerifyToken;
  checks: readonly Check[];
  onBug: OnBug;
}

/** One subgraph as a server of its own: POST /graphql and its routes, for callers with a token; /healthz, /readyz and /metrics. */
export function subgraphServer({ running, verifyToken, checks, onBug }: SubgraphServerParts): Express {
  const app = express().disable('x-powered-by').disable('etag');
  app.get('/healthz', alive);
  app.get('/readyz', readiness(checks));
  app.get('/metrics', tellMetrics);
  const { token, answer } = graphqlHandlers({ running, verifyToken });
  app.post('/graphql', token, express.json({ limit: megabytes * 1024 * 1024 }), answer, graphqlProblem(onBug));
  mountRoutes(app, running.routes);
  app.use(noSuchRoute, problemHandler(onBug));
  return app;
}

interface Posted {
  query?: unknown;
  variables?: Record<string, unknown>;
  operationName?: string;
}

function graphqlHandlers({ running, verifyToken }: Pick<SubgraphServerParts, 'running' | 'verifyToken'>) {
  const check = checkedDocumentStore(running.schema);
  const token: RequestHandler = async (request, _response, next) => {
    await verifyToken(credentialsOf(request).token);
    next();
  };
  const answer: RequestHandler = async (request, response) => {
    const { query, variables, operationName } = (request.body ?? {}) as Posted;
    if (typeof query !== 'string') throw badRequest('The body must be a JSON object with a query (application/json).');
    const checked = check(query);
    if ('errors' in checked) {
      const errors = checked.errors.map(error => formatError(error.toJSON(), badRequest(error.message)));
      response.status(400).json({ errors });
      return;
    }
    const credentials = credentialsOf(request);
    response.json(await running.execute({ document: checked.document, variables, operationName, credentials }));
  };
  return { token, answer };
}

const badRequest = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });

const graphqlProblem =
  (onBug: OnBug): ErrorRequestHandler =>
  (error, _request, response, _next) => {
    const isSyntax = error instanceof GraphQLError && error.message.startsWith('Syntax Error');
    const known = isSyntax ? badRequest(error.message) : (requestProblem(error, `${megabytes} MB`) ?? error);
    const { message, extensions } = toProblem(known);
    const code = String(extensions.code ?? 'INTERNAL_SERVER_ERROR');
    if (code === 'INTERNAL_SERVER_ERROR') onBug(error);
    response.status(statusOf(code)).json({ errors: [{ message, extensions: { code } }] });
  };
