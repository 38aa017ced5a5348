import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import { Problem } from './errors';

/**
 * Spans of OpenTelemetry at the few places where the time of a request goes: the request, the operation of a subgraph, a
 * loader's batch, a transaction, a statement; and the work in the background. Without a tracer each costs one comparison.
 * In no span stands anything of a person: no variables, no values, no words of errors.
 */
let tracer: Tracer | undefined;

/** Makes spans from now on, or no more. Whoever exports them says so. */
export const traceWith = (made: Tracer | undefined): void => void (tracer = made);

export interface SpanParts {
  name: string;
  /** What is done here where omitted; else a request that came in, or one that goes out. */
  kind?: 'server' | 'client';
  attributes?: Attributes;
  /** Where nothing goes on around it, it begins a trace: work in the background. */
  alone?: boolean;
}

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT };

/** A span as far as its work may add to it. */
export interface OpenSpan {
  set(attributes: Attributes): void;
}

const noSpan: OpenSpan = { set: () => undefined };

/** Whether what goes on belongs to a trace: what looks for work in the background, and finds none, belongs to none. */
const isWithin = (): boolean => trace.getSpan(context.active()) !== undefined;

/**
 * Does the work in a span of its own, within the one around it; without one there, in none, unless it stands alone. What
 * takes long to say is a function, which is called only where there is a span.
 */
export function inSpan<T>(parts: SpanParts | (() => SpanParts), work: (span: OpenSpan) => Promise<T>): Promise<T> {
  if (!tracer) return work(noSpan);
  const told = typeof parts === 'function' ? parts() : parts;
  return told.alone || isWithin() ? traced(tracer, told, work) : work(noSpan);
}

/** Does something apart from what goes on around it, of which it is no part: begins work in the background, say. */
export const apart = <T>(work: () => T): T => (tracer ? context.with(ROOT_CONTEXT, work) : work());

/** Work in the background for one tenant. */
export const jobOf = (name: string, tenantId: number): SpanParts => ({
  ...{ name, alone: true },
  attributes: { 'strata.tenant_number': tenantId },
});

async function traced<T>(made: Tracer, { name, kind, attributes = {} }: SpanParts, work: (span: OpenSpan) => Promise<T>): Promise<T> {
  const around = context.active();
  const span = made.startSpan(name, { attributes, ...(kind ? { kind: kinds[kind] } : {}) }, around);
  try {
    return await context.with(trace.setSpan(around, span), () => work({ set: more => void span.setAttributes(more) }));
  } catch (error) {
    fail(span, kindOfError(error));
    throw error;
  } finally {
    span.end();
  }
}

const fail = (span: Span, kind: string): void => {
  span.setAttribute('error.type', kind);
  span.setStatus({ code: SpanStatusCode.ERROR });
};

/** A stable word for what went wrong: its code where it has one. */
function kindOfError(error: unknown): string {
  if (error instanceof Problem) return error.code;
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  return typeof code === 'string' ? code : String(name ?? 'Error');
}

/** A span that ends elsewhere than it began: of a request, or of a transaction. */
export interface LongSpan {
  readonly traceId: string;
  set(attributes: Attributes): void;
  /** Does something within it. */
  within<T>(work: () => T): T;
  /** `error`: a stable word for what went wrong. */
  end(error?: string): void;
}

/**
 * `from`: headers that may name the trace it belongs to (W3C Trace Context); it then begins here or goes on. Without them it
 * is within the span around it. Undefined where nothing is traced.
 */
export function beginSpan({ name, kind, attributes = {} }: SpanParts, from?: Record<string, unknown>): LongSpan | undefined {
  if (!tracer || !(from || isWithin())) return undefined;
  const around: Context = from ? propagation.extract(ROOT_CONTEXT, from) : context.active();
  const span = tracer.startSpan(name, { attributes, ...(kind ? { kind: kinds[kind] } : {}) }, around);
  const inside = trace.setSpan(around, span);
  return {
    traceId: span.spanContext().traceId,
    set: more => void span.setAttributes(more),
    within: work => context.with(inside, work),
    end: error => {
      if (error !== undefined) fail(span, error);
      span.end();
    },
  };
}

/** The headers by which a request to another service goes on in this trace; none where nothing is traced. */
export function traceHeaders(): Record<string, string> {
  if (!tracer) return {};
  const headers: Record<string, string> = {};
  propagation.inject(context.active(), headers);
  return headers;
}
