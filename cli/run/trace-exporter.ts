import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { traceWith } from '../../subgraphs/shared/tracing';

/** Milliseconds for the last spans when the process ends. */
const patience = 2_000;

/**
 * Makes spans, here and in the gateway's library, and sends them to where OpenTelemetry's own variables say. Returns what
 * sends the last ones and ends it.
 */
export function exportSpans(service: string): () => Promise<void> {
  const named = resourceFromAttributes({ 'service.name': service });
  const told = detectResources({ detectors: [envDetector] }); // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES
  const provider = new BasicTracerProvider({
    resource: defaultResource().merge(named).merge(told),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  traceWith(provider.getTracer('strata'));
  return async () => {
    traceWith(undefined);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>(resolve => (timer = setTimeout(resolve, patience)));
    await Promise.race([provider.shutdown().catch(() => undefined), late]); // a receiver that is away holds nothing up
    clearTimeout(timer);
    trace.disable();
    propagation.disable();
    context.disable();
  };
}
