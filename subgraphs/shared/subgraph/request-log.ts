import type { RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { counter, duration } from '../metrics';
import { beginSpan, type LongSpan } from '../tracing';
import { codeOfStatus } from './http';
import { newRecord, type RequestRecord } from './request-record';

const requests = counter(
  'strata_requests_total',
  'Requests that were answered, by route, operation (query, mutation, or none beside the graph) and outcome: OK, or the code of the first error.',
  ['route', 'operation', 'code'],
);
const requestSeconds = duration('strata_request_seconds', 'Seconds from the first byte of a request to the last of its answer.', [
  'route',
  'operation',
]);

/** Who asks these asks every few seconds, or with each question: they are told of on level debug, and not counted. */
const probes = new Set(['/healthz', '/readyz', '/metrics', '/version']);

const codes = new Set([
  ...['OK', 'ABORTED', 'UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'BAD_USER_INPUT', 'CONFLICT', 'TOO_LARGE'],
  ...['RATE_LIMITED', 'UNAVAILABLE', 'INTERNAL_SERVER_ERROR'],
]);

/** One word for how it went. */
function outcomeOf({ codes: told }: RequestRecord, response: Response): string {
  if (!response.writableFinished) return 'ABORTED';
  const [first] = told;
  const code = first ?? codeOfStatus(response.statusCode);
  return codes.has(code) ? code : 'OTHER';
}

export interface LogParts {
  log: Pick<Logger, 'info' | 'debug'>;
  /** Which of the services this is. */
  service: string;
}

/**
 * The first to see a request and the last: gives it an id, which it also sends back, and tells of it once it is answered,
 * in one line, in the figures and in the trace. In the line stands nothing of a person: no login, no path, no variables,
 * no text of a query.
 */
export const recordRequests =
  ({ log, service }: LogParts): RequestHandler =>
  (request, response, next) => {
    const begun = performance.now();
    const record = newRecord(request.header('x-request-id'));
    response.locals.record = record;
    response.setHeader('x-request-id', record.id);
    const isProbe = probes.has(request.path);
    const span = isProbe ? undefined : beginSpan({ name: request.method, kind: 'server' }, request.headers);
    if (span) record.span = span;
    response.once('close', () => {
      const seconds = (performance.now() - begun) / 1_000;
      const code = outcomeOf(record, response);
      const route = isProbe ? request.path : (record.route ?? (code === 'NOT_FOUND' ? 'none' : 'pages'));
      if (code !== 'OK') record.codes.add(code);
      const line = lineOf(record, { service, route, method: request.method, status: response.statusCode, seconds });
      if (isProbe) return log.debug(line, 'request');
      log.info(line, 'request');
      const operation = record.operation?.type ?? 'none';
      requests.inc({ route, operation, code });
      requestSeconds.observe({ route, operation }, seconds);
      if (span) endSpan(span, record, { route, code, status: response.statusCode });
    });
    if (span) span.within(next);
    else next();
  };

interface Outcome {
  service: string;
  route: string;
  method: string;
  status: number;
  seconds: number;
}

function lineOf(record: RequestRecord, { seconds, ...outcome }: Outcome): Record<string, unknown> {
  const { id, tenant, actingTenant, operation, rows, answered, codes: told, span } = record;
  return {
    requestId: id,
    ...(span ? { traceId: span.traceId } : {}),
    ...outcome,
    ms: Math.round(seconds * 1e6) / 1e3,
    ...(tenant === undefined ? {} : { tenant }),
    ...(actingTenant === undefined ? {} : { actingTenant }),
    ...(operation ? { operation: operation.type, query: operation.hash } : {}),
    ...(operation?.name === undefined ? {} : { operationName: operation.name }),
    ...(rows === undefined ? {} : { rows }),
    ...(answered === undefined ? {} : { answered }),
    ...(told.size > 0 ? { codes: [...told] } : {}),
  };
}

function endSpan(
  span: LongSpan,
  { id, tenant, operation, rows, answered }: RequestRecord,
  { route, code, status }: { route: string; code: string; status: number },
): void {
  span.set({
    'http.route': route,
    'http.response.status_code': status,
    'strata.request_id': id,
    ...(tenant === undefined ? {} : { 'strata.tenant': tenant }),
    ...(operation ? { 'graphql.operation.type': operation.type, 'strata.query': operation.hash } : {}),
    ...(operation?.name === undefined ? {} : { 'graphql.operation.name': operation.name }),
    ...(rows === undefined ? {} : { 'strata.rows': rows }),
    ...(answered === undefined ? {} : { 'strata.answered': answered }),
  });
  span.end(code === 'OK' ? undefined : code);
}
