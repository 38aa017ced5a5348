import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { FormattedExecutionResult } from 'graphql';
import type { Credentials } from '../subgraphs/shared/access/caller';
import { Problem } from '../subgraphs/shared/errors';
import { inSpan, traceHeaders } from '../subgraphs/shared/tracing';
import { answeredWith } from '../subgraphs/shared/subgraph/answered-at';
import { originHeader } from '../subgraphs/shared/subgraph/http';
import type { RouteRequest, RouteResponse, SubgraphRoute } from '../subgraphs/shared/subgraph/route';
import type { Subgraph } from '../subgraphs/shared/subgraph/subgraph';
import type { SubgraphConnection } from './connection';

/** Milliseconds after which an answer is given up; the database gives a statement up before. */
const patience = 60_000;

/**
 * A subgraph behind HTTP. Of the caller's headers it is sent what says who asks: the token, which it verifies,
 * Strata-Tenant, and for the audit log the address and the program. By the request's id and trace its log lines and spans
 * are known as the same request's; nothing else goes by them.
 */
export function overHttp(subgraph: Pick<Subgraph, 'name' | 'routes'>, url: string): SubgraphConnection {
  const { name } = subgraph;
  return {
    name,
    routes: subgraph.routes.map(({ method, path }) => ({
      method,
      path,
      handle: request => proxy({ name, method, target: targetOf({ url, path, request }) }, request),
    })),
    check: { name, look: () => notReady(url) },
    fetch: async ({ query, variables, operationName, credentials, signal }) => {
      const response = await send(name, url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headersOf(credentials) },
        body: JSON.stringify({ query, variables, operationName }),
        signal: signal ?? AbortSignal.timeout(patience),
      });
      const body: unknown = await response.json().catch(() => undefined);
      if (!isAnswer(body)) throw unavailable(name);
      return answeredWith(body, response.headers);
    },
    version: async credentials => {
      if (credentials.actingTenant !== undefined) throw unavailable(name); // it tells of the sender's own tenant alone
      const request = { headers: headersOf(credentials), signal: AbortSignal.timeout(patience) };
      const response = await send(name, new URL('/version', url), request);
      const { version } = (await response.json()) as { version?: unknown };
      if (typeof version !== 'string') throw unavailable(name);
      return version;
    },
  };
}

const unavailable = (name: string): Problem =>
  new Problem('UNAVAILABLE', `A part of the service (${name}) cannot be reached just now. Please try again soon.`);

async function send(name: string, url: string | URL, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { redirect: 'manual', ...request });
  } catch {
    throw unavailable(name);
  }
}

const isAnswer = (body: unknown): body is FormattedExecutionResult =>
  typeof body === 'object' && body !== null && ('data' in body || Array.isArray((body as { errors?: unknown }).errors));

const headersOf = ({ token, basic, actingTenant, strong, address, agent, requestId }: Credentials): Record<string, string> => ({
  ...traceHeaders(),
  ...(requestId === undefined ? {} : { 'x-request-id': requestId }),
  ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  ...(basic === undefined ? {} : { authorization: `Basic ${basic}` }),
  ...(address === undefined ? {} : { 'x-forwarded-for': address }),
  ...(agent === undefined ? {} : { 'user-agent': agent }),
  ...(actingTenant === undefined ? {} : { 'strata-tenant': actingTenant }),
  ...(strong ? { 'strata-consistency': 'strong' } : {}),
});

async function notReady(url: string): Promise<string | undefined> {
  const response = await fetch(new URL('/readyz', url), { signal: AbortSignal.timeout(patience) });
  if (response.ok) return undefined;
  const { detail } = (await response.json()) as { detail?: unknown };
  return typeof detail === 'string' ? detail : `it answered ${response.status}`;
}

function targetOf({ url, path, request }: { url: string; path: string; request: RouteRequest }): URL {
  const filled = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(request.params[name] ?? ''));
  const target = new URL(filled, url);
  target.search = request.query.toString();
  return target;
}

interface Route extends Pick<SubgraphRoute, 'method'> {
  name: string;
  target: URL;
}

/** Hands a request on as it comes in: a body that breaks off here breaks off there. */
const proxy = (route: Route, request: RouteRequest): Promise<RouteResponse> =>
  inSpan({ name: `fetch ${route.name}`, kind: 'client', attributes: { 'strata.subgraph': route.name } }, () => handOn(route, request));

async function handOn({ name, method, target }: Route, request: RouteRequest): Promise<RouteResponse> {
  const headers = {
    ...(request.headers as Record<string, string>),
    ...headersOf(request.credentials),
    [originHeader]: request.origin,
  };
  const body = method === 'POST' ? ({ body: request.body, duplex: 'half' } as unknown as RequestInit) : {};
  const response = await send(name, target, { method, headers, ...body });
  const answered: Record<string, string> = {};
  const passedOn = [
    ...['content-type', 'content-disposition', 'www-authenticate', 'retry-after', 'location'],
    ...['cache-control', 'pragma', 'x-content-type-options'],
  ];
  for (const header of passedOn) {
    const value = response.headers.get(header);
    if (value !== null) answered[header] = value;
  }
  return {
    status: response.status,
    headers: answered,
    ...(response.body ? { body: Readable.fromWeb(response.body as ReadableStream) } : {}),
  };
}
