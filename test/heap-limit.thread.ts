import { getHeapStatistics } from 'node:v8';
import { parentPort } from 'node:worker_threads';

/** Tells how many megabytes this thread may have. */
parentPort!.postMessage(Math.round(getHeapStatistics().heap_size_limit / 2 ** 20));
