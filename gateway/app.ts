import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { VerifyToken } from '../subgraphs/shared/access/token';
import { toProblem } from '../subgraphs/shared/errors';
import { defaultLimits } from '../subgraphs/shared/limits/limits';
import { refuseDeepNesting, refuseNul } from '../subgraphs/shared/limits/nesting';
import {
  mountRoutes,
  noSuchRoute,
  problemHandler,
  requestProblem,
  sendProblem,
  statusOf,
} from '../subgraphs/shared/subgraph/http';
import type { OnBug } from '../subgraphs/shared/subgraph/answer';
import { alive, readiness, type Check } from '../subgraphs/shared/subgraph/ready';
import { recordRequests } from '../subgraphs/shared/subgraph/request-log';
import { recordOf } from '../subgraphs/shared/subgraph/request-record';
import { tellMetrics } from '../subgraphs/shared/subgraph/tell-metrics';
import { answerGraph } from './answers';
import { explorerPages, type ExplorerParts } from './explorer';
import { startGraph, type GraphParts } from './graph';
import { bodiesAtOnce, countRequests, identified, knownOrNot, notTooOften, paced, someAtOnce } from './callers';
import { noOtherSites } from './cross-site';
import { createPace } from './pace';
import { securityHeaders } from './security-headers';
import { createTurns } from './turns';

export interface GatewayParts extends GraphParts {
  verifyToken: VerifyToken;
  /** What must be well beside the subgraphs. */
  checks: readonly Check[];
  /** Whom a visitor of the demo may choose to be; nobody when omitted. */
  demoPeople?: ExplorerParts['demoPeople'];
  /** Whether POST /oauth/token is switched on, so that the explorer asks for a password. */
  passwordSignIn?: boolean;
  /** Where callers reach the gateway, for links in answers; else each request's own host. */
  publicUrl?: string;
  /** Whose X-Forwarded-For is believed; nobody's when omitted. */
  trustedProxies?: readonly string[];
  /** Other origins whose pages may ask. */
  allowedOrigins?: readonly string[];
  /** Whether browsers are told to come back by TLS alone. */
  hsts?: boolean;
}

export interface Gateway {
  app: Express;
  stop(): Promise<void>;
}

/** The one door: identity, limits, the graph, the subgraphs' routes, health. */
export async function createGateway(parts: GatewayParts): Promise<Gateway> {
  const { connections, verifyToken, checks, demoPeople, passwordSignIn = false, log, publicUrl } = parts;
  const { limits = defaultLimits } = parts;
  const { trustedProxies = [], allowedOrigins = [], hsts = false } = parts;
  const onBug: OnBug = (error, { requestId } = {}) => log.error({ err: error, requestId }, 'a request failed');
  const graph = await startGraph(parts);
  const app = express().disable('x-powered-by').disable('etag').set('trust proxy', [...trustedProxies]);
  const bodyLimit = `${limits.bodyKilobytes} KB`;
  const inGraphql = graphqlProblem({ onBug, bodyLimit });
  const often = countRequests(limits.requests);
  const seldomEnough = notTooOften(often);
  const pace = createPace();
  app.use(recordRequests({ log, service: 'gateway' }));
  app.use(securityHeaders({ hsts }));
  app.get('/healthz', alive);
  app.get('/readyz', readiness([...checks, ...connections.map(connection => connection.check)]));
  app.get('/metrics', tellMetrics);
  app.use('/graphql', isGraphql, noOtherSites(allowedOrigins), inGraphql);
  const routes = connections.flatMap(({ routes: own }) => own.map(({ method, path }) => `${method} ${path}`));
  app.use(onlyReads(explorerPages({ routes, passwordSignIn, ...(demoPeople ? { demoPeople } : {}) })));
  app.use(
    '/graphql',
    getOrPost,
    identified(verifyToken, { pace, often }),
    seldomEnough,
    paced(pace),
    bodiesAtOnce(limits.waiting + limits.atOnce, express.json({ limit: limits.bodyKilobytes * 1024 })),
    withBody,
    sound,
    answerGraph(graph, {
      version: connections.find(connection => connection.version)?.version,
      limits,
      turns: createTurns(limits),
    }),
    inGraphql,
  );
  const beside = someAtOnce({ most: Math.ceil(limits.atOnce / 2), waiting: limits.waiting });
  app.use(noOtherSites(allowedOrigins), knownOrNot(verifyToken), seldomEnough, paced(pace), beside);
  for (const { routes } of connections) mountRoutes(app, routes, publicUrl === undefined ? {} : { publicUrl });
  app.use(noSuchRoute, problemHandler(onBug));
  return { app, stop: () => graph.server.stop() };
}

/** What only answers GET and HEAD is not looked through for anything else. */
const onlyReads =
  (handler: RequestHandler): RequestHandler =>
  (request, response, next) =>
    request.method === 'GET' || request.method === 'HEAD' ? handler(request, response, next) : next();

const isGraphql: RequestHandler = (_request, response, next) => {
  recordOf(response).route = '/graphql';
  next();
};

const getOrPost: RequestHandler = (request, response, next) => {
  if (request.method === 'GET' || request.method === 'POST') return next();
  response.setHeader('allow', 'GET, POST');
  sendProblem(response, {
    status: 405,
    title: 'Method not allowed',
    detail: `/graphql answers GET and POST, not ${request.method}.`,
    code: 'BAD_USER_INPUT',
  });
};

/** A request without a JSON body is one with an empty body: GraphQL's own words say then what is missing. */
const withBody: RequestHandler = (request, _response, next) => {
  request.body ??= {};
  next();
};

/** Nothing that cannot be worked with. */
const sound: RequestHandler = (request, _response, next) => {
  refuseDeepNesting(request.body);
  refuseNul([request.body, request.query]);
  next();
};

const graphqlProblem =
  ({ onBug, bodyLimit }: { onBug: OnBug; bodyLimit: string }): ErrorRequestHandler =>
  (error, _request, response, next) => {
    if (response.headersSent) return next(error);
    const { message, extensions } = toProblem(requestProblem(error, bodyLimit) ?? error);
    const code = String(extensions.code ?? 'INTERNAL_SERVER_ERROR');
    const record = recordOf(response);
    record.codes.add(code);
    if (code === 'INTERNAL_SERVER_ERROR') onBug(error, { requestId: record.id });
    const status = statusOf(code);
    if (status === 401) response.setHeader('www-authenticate', 'Bearer');
    if (extensions.retryAfter !== undefined) response.setHeader('retry-after', String(extensions.retryAfter));
    response.status(status).json({ errors: [{ message, extensions: { code } }] });
  };
