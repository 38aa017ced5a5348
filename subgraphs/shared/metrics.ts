import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/**
 * What this process tells Prometheus. Figures of the service, never of a tenant: no label names one, since whoever may
 * look at /metrics may not know the customers.
 */
export const metrics = new Registry();
collectDefaultMetrics({ register: metrics });

const registers = [metrics];

/** Made where they are counted: each room has its own figures. */
export const counter = <Label extends string = never>(name: string, help: string, labelNames: Label[] = []): Counter<Label> =>
  new Counter({ name, help, labelNames, registers });

export const gauge = (name: string, help: string, collect?: () => number): Gauge =>
  new Gauge({ name, help, registers, ...(collect ? { collect() { this.set(collect()); } } : {}) });

/** Seconds. */
export const duration = <Label extends string = never>(name: string, help: string, labelNames: Label[] = []): Histogram<Label> =>
  new Histogram({ name, help, labelNames, registers, buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300] });
