import '../cli/strata';

/** What a service holds: in all, and of it the objects that are still needed. In megabytes. */
export interface Weight {
  rss: number;
  heap: number;
}

const megabytes = (bytes: number): number => bytes / 1024 / 1024;

/** Strata, run with --expose-gc, that says on being asked what it weighs once all garbage is gone. */
process.on('message', message => {
  if (message !== 'weigh') return;
  const { rss } = process.memoryUsage(); // before the garbage goes: what the system sees all the time
  globalThis.gc!();
  const weight: Weight = { rss: megabytes(rss), heap: megabytes(process.memoryUsage().heapUsed) };
  process.send!({ weight });
});
