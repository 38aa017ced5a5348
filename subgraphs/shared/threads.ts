import { setFlagsFromString } from 'node:v8';
import { isMainThread, Worker, workerData } from 'node:worker_threads';

/** What a thread has before its own file runs: the program knows it, not whoever starts the thread. */
export interface ThreadSurroundings {
  /** Options of Node for threads, besides those of the process: whatever sources need that are not compiled, say. */
  execArgv?: readonly string[];
  /** A module whose `begin(given)` is called first; what that returns is called last. */
  first?: { file: string; given: unknown };
}

let surroundings: ThreadSurroundings = {};

/** From now on threads are started so. */
export const surroundThreads = (given: ThreadSurroundings): void => void (surroundings = given);

export interface ThreadParts {
  /** The module that runs in it, without its ending. */
  file: string;
  /** What it is told from the beginning. */
  data: unknown;
  /** Megabytes of objects that it may hold; more end it with ERR_WORKER_OUT_OF_MEMORY, and not the process. */
  megabytes: number;
}

/** Megabytes for objects that have just been made, the most of which are gone at once. */
const young = 16;

/** Set for the process, where its heap has long been made, they hold for threads too, and instead of their own bounds. */
const boundsOfProcess = ['--max-old-space-size', '--max-semi-space-size', '--max-heap-size'];

/** A thread with a heap of its own. It does not keep the process alive. */
export function startThread({ file, data, megabytes }: ThreadParts): Worker {
  const { execArgv, first } = surroundings;
  for (const bound of boundsOfProcess) setFlagsFromString(`${bound}=0`);
  const thread = new Worker(file + endingOf(__filename), {
    workerData: { data, first },
    resourceLimits: { maxOldGenerationSizeMb: megabytes, maxYoungGenerationSizeMb: young },
    ...(execArgv ? { execArgv: [...process.execArgv, ...execArgv] } : {}),
  });
  thread.unref();
  return thread;
}

/** Sources are either all compiled or none. */
const endingOf = (file: string): string => file.slice(file.lastIndexOf('.'));

type End = () => Promise<void>;

/** In a thread: what it was told from the beginning. `end` is called before it ends. */
export async function beginThread<Data>(): Promise<{ data: Data; end: End }> {
  if (isMainThread) throw new Error('this file is made for a thread');
  const { data, first } = workerData as { data: Data; first: ThreadSurroundings['first'] };
  if (!first) return { data, end: async () => undefined };
  const { begin } = (await import(first.file)) as { begin: (given: unknown) => End };
  return { data, end: begin(first.given) };
}
