import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ErrorRequestHandler, Express, Request, RequestHandler, Response } from 'express';
import { bearerToken } from '../access/token';
import type { Credentials } from '../access/caller';
import { Problem, toProblem } from '../errors';
import type { OnBug } from './answer';
import { recordOf } from './request-record';
import type { RouteResponse, RunningRoute } from './route';

/** The only headers of a request that say who sent it. The address is what the server's trusted proxies say. */
export const credentialsOf = (request: Request): Credentials => ({
  token: bearerToken(request.headers.authorization),
  basic: /^Basic\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1],
  actingTenant: request.header('strata-tenant'),
  strong: request.header('strata-consistency')?.toLowerCase() === 'strong',
  address: request.ip?.replace(/^::ffff:(?=\d+\.)/, ''),
  agent: request.headers['user-agent']?.slice(0, longestAgent),
  ...(request.res ? { requestId: recordOf(request.res).id } : {}),
});

const longestAgent = 300;

const statusOfCode: Record<string, number> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  BAD_USER_INPUT: 400,
  CONFLICT: 409,
  TOO_LARGE: 413,
  RATE_LIMITED: 429,
  UNAVAILABLE: 503,
};

export const statusOf = (code: unknown): number => statusOfCode[String(code)] ?? 500;

/** What an answer's status alone says; of what went well, OK. */
export function codeOfStatus(status: number): string {
  if (status < 400) return 'OK';
  const [code] = Object.entries(statusOfCode).find(([, known]) => known === status) ?? [];
  return code ?? (status < 500 ? 'BAD_USER_INPUT' : 'INTERNAL_SERVER_ERROR');
}

export interface ProblemDetails {
  status: number;
  title: string;
  detail: string;
  code: string;
  [more: string]: unknown;
}

const titles: Record<number, string> = {
  400: 'Bad request',
  401: 'Not authenticated',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  413: 'Too large',
  415: 'Unsupported media type',
  429: 'Too many requests',
  503: 'Not available',
};

export function problemDetails(error: unknown): ProblemDetails {
  const { message, extensions } = toProblem(error);
  const code = String(extensions.code ?? 'INTERNAL_SERVER_ERROR');
  const status = statusOf(code);
  const { retryAfter } = extensions;
  return {
    status,
    title: titles[status] ?? 'Internal error',
    detail: message,
    code,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
}

/** RFC 9457: how every HTTP route says what went wrong. */
export function sendProblem(response: Response, problem: ProblemDetails): void {
  const record = recordOf(response);
  record.codes.add(problem.code);
  if (response.headersSent) {
    response.destroy(); // half an answer: a broken connection tells the client so
    return;
  }
  if (problem.status === 401) response.setHeader('www-authenticate', 'Bearer');
  if (problem.retryAfter !== undefined) response.setHeader('retry-after', String(problem.retryAfter));
  response.status(problem.status).type('application/problem+json').send(JSON.stringify({ ...problem, requestId: record.id }));
}

export const noSuchRoute: RequestHandler = (request, response) =>
  sendProblem(response, {
    status: 404,
    title: 'Not found',
    detail: `There is nothing at ${request.method} ${request.path}.`,
    code: 'NOT_FOUND',
  });

/** What Express and its body parser complain about, in our words. */
export function requestProblem(error: unknown, limit: string): Problem | undefined {
  const { type, status } = error as { type?: string; status?: number };
  if (type === 'entity.too.large') return new Problem('TOO_LARGE', `A request's body may have ${limit} at most.`);
  if (type === 'entity.parse.failed') return new Problem('BAD_USER_INPUT', 'The body is not valid JSON.');
  if (type === 'request.aborted') return new Problem('BAD_USER_INPUT', 'The request broke off before its end.');
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new Problem('BAD_USER_INPUT', 'The request could not be read: please check its headers, path and encoding.');
  }
  return undefined;
}

export const problemHandler =
  (onBug: OnBug): ErrorRequestHandler =>
  (error, _request, response, _next) => {
    const known = requestProblem(error, 'fewer bytes');
    const problem = problemDetails(known ?? error);
    if (problem.status === 500) onBug(error, { requestId: recordOf(response).id });
    sendProblem(response, problem);
  };

/** By it the gateway tells a subgraph where the caller reached it; links in the caller's own answer, and nothing else. */
export const originHeader = 'strata-origin';

/** Puts routes onto a server. `publicUrl`: where callers reach it; else what the request itself says. */
export function mountRoutes(app: Express, routes: readonly RunningRoute[], { publicUrl }: { publicUrl?: string } = {}): void {
  for (const { method, path, handle } of routes) {
    const answer: RequestHandler = async (request, response) => {
      recordOf(response).route = `${method} ${path}`;
      const answered = await handle({
        credentials: credentialsOf(request),
        headers: describing(request.headers),
        params: request.params as Record<string, string>,
        query: new URL(request.originalUrl, 'http://strata').searchParams,
        origin: publicUrl?.replace(/\/+$/, '') ?? originOf(request),
        // Whoever stops reading must still be able to answer: an iterator by default closes the connection then.
        body: request.iterator({ destroyOnReturn: false }),
      });
      await send(response, answered);
    };
    if (method === 'GET') app.get(path, answer);
    else app.post(path, answer);
  }
}

function originOf(request: Request): string {
  const said = request.header(originHeader) ?? `${request.protocol}://${request.header('host')}`;
  return /^https?:\/\/[^\s"<>?#\\]+$/.test(said) && URL.canParse(said) ? said : 'http://localhost';
}

const described = ['accept', 'content-type', 'content-encoding', 'content-disposition'];

/** The headers that a route sees, in every topology: what the body is and what is wanted back. */
const describing = (headers: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(
    described.flatMap(name => (headers[name] === undefined ? [] : [[name, String(headers[name])]])),
  );

async function send(response: Response, { status, headers = {}, body }: RouteResponse): Promise<void> {
  response.status(status);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (body instanceof Readable) await pipeline(body, response);
  else response.end(body);
}
