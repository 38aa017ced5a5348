import 'reflect-metadata';
import './prepares-like-the-run';
import { startExports } from '../subgraphs/reporting/exports/worker';
import { reportingSubgraph } from '../subgraphs/reporting/subgraph';
import { peakMegabytes } from './peak-memory';
import { startForTest } from './start-for-test';

/** A process that makes report files, which a test may kill. What it says, one JSON value a line. */
export type Said = { ready: true } | { bug: string } | { peakMegabytes: number; restMegabytes: number };

const say = (said: Said): void => void process.stdout.write(`${JSON.stringify(said)}\n`);
const onError = (error: unknown): void => say({ bug: String((error as Error).stack ?? error) });
const megabytes = (kilobytes: number): number => Math.round(kilobytes / 1024);

async function main(url: string): Promise<void> {
  const service = await startForTest({ url, subgraphs: [reportingSubgraph], background: false });
  const restMegabytes = megabytes(process.memoryUsage.rss() / 1024);
  const worker = startExports({ database: service.subgraph('reporting').database, round: 200, onError });
  say({ ready: true });
  // Whoever started it ends it by closing its input, also by being gone.
  process.stdin.resume().on('end', () => {
    say({ peakMegabytes: peakMegabytes(), restMegabytes });
    void worker.stop().then(() => service.close());
  });
}

void main(process.argv[2]!);
