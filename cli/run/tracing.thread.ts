import { exportSpans } from './trace-exporter';

/** What a thread begins with where traces go out; its spans are those of the service that started it. */
export const begin = (service: unknown): (() => Promise<void>) => exportSpans(service as string);
