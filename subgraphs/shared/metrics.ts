import { AggregatorRegistry, collectDefaultMetrics, Counter, Gauge, Histogram, Registry, type MetricObjectWithValues, type MetricValue } from 'prom-client';

/**
 * What this process tells Prometheus. Figures of the service, never of a tenant: no label names one, since whoever may
 * look at /metrics may not know the customers. Labels take few values, all of them this program's own words.
 */
export const metrics = new Registry();
collectDefaultMetrics({ register: metrics });

const registers = [metrics];

/** Made where they are counted: each room has its own figures. */
export const counter = <Label extends string = never>(name: string, help: string, labelNames: Label[] = []): Counter<Label> =>
  new Counter({ name, help, labelNames, registers });

export const gauge = (name: string, help: string, collect?: () => number): Gauge =>
  new Gauge({ name, help, registers, ...(collect ? { collect() { this.set(collect()); } } : {}) });

export interface Told<Label extends string> {
  labels: Record<Label, string>;
  value: number;
}

/** A gauge with labels that is looked at when somebody asks. */
export const gauges = <Label extends string>(
  name: string,
  help: string,
  { labelNames, collect }: { labelNames: Label[]; collect: () => readonly Told<Label>[] },
): Gauge<Label> =>
  new Gauge({
    ...{ name, help, labelNames, registers },
    collect() {
      this.reset(); // what is no longer told is no longer so
      for (const { labels, value } of collect()) this.set(labels, value);
    },
  });

/** Seconds. */
export const duration = <Label extends string = never>(name: string, help: string, labelNames: Label[] = []): Histogram<Label> =>
  new Histogram({ name, help, labelNames, registers, buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300] });

/** How many at once. */
export const sizes = <Label extends string = never>(name: string, help: string, labelNames: Label[] = []): Histogram<Label> =>
  new Histogram({ name, help, labelNames, registers, buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 5_000] });

const more = new Set<() => Promise<string>>();

/** Something is told beside what is counted here, whenever somebody asks, until the returned function is called. */
export function tellMore(source: () => Promise<string>): () => void {
  more.add(source);
  return () => void more.delete(source);
}

/** What was counted and timed, as far as one thread can tell another. */
export type ThreadFigures = MetricObjectWithValues<MetricValue<string>>[];

/** In a thread: what it has counted and timed since it began. What there is at a moment (gauges) is its own affair. */
export const figuresSoFar = (): Promise<ThreadFigures> =>
  Promise.all(
    metrics.getMetricsAsArray().flatMap(metric => {
      const adds = metric instanceof Counter || metric instanceof Histogram;
      return adds && metric.name.startsWith('strata_') ? [metric.get() as Promise<ThreadFigures[number]>] : [];
    }),
  );

const ofThreads = new Map<object, ThreadFigures>();
const ended: object = {};
const sumOf = (parts: ThreadFigures[]): Registry => AggregatorRegistry.aggregate(parts);
/** A sum's `get` gives what stands ready; no figure is missing for a moment. */
const listed = (sum: Registry): ThreadFigures => sum.getMetricsAsArray().map(metric => (metric as unknown as { get(): ThreadFigures[number] }).get());

/** Tells what a thread has counted, its newest, as if it had been counted here. */
export const tellOfThread = (thread: object, figures: ThreadFigures): void => void ofThreads.set(thread, figures);

/** A thread has ended: what it counted is kept. */
export function keepOfThread(thread: object): void {
  const last = ofThreads.get(thread);
  if (!last) return;
  ofThreads.set(ended, listed(sumOf([ofThreads.get(ended) ?? [], last])));
  ofThreads.delete(thread);
}

/** What is counted here. The library leaves some of a process's own figures out of sums, when it began say: here nothing is. */
const ownFigures = async (): Promise<ThreadFigures> =>
  ((await metrics.getMetricsAsJSON()) as ThreadFigures).map(metric => ({ ...metric, aggregator: 'sum' }));

/** All of it, in the text format of Prometheus. */
export async function everyFigure(): Promise<string> {
  const own = ofThreads.size === 0 ? metrics : sumOf([await ownFigures(), ...ofThreads.values()]);
  const texts = await Promise.all([own.metrics(), ...[...more].map(source => source())]);
  return texts.map(text => text.trimEnd()).join('\n').concat('\n');
}
