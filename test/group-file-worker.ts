import 'reflect-metadata';
import './prepares-like-the-run';
import express from 'express';
import { rosterSubgraph } from '../subgraphs/roster/subgraph';
import { mountRoutes, problemHandler } from '../subgraphs/shared/subgraph/http';
import { listen } from '../subgraphs/shared/subgraph/listen';
import { startForTest } from './start-for-test';
import { peakMegabytes } from './peak-memory';

/** The roster subgraph as a process of its own, which a test may kill. What it says, one JSON value a line. */
export type Said = { ready: { port: number; token: string } } | { bug: string } | { peakMegabytes: number };

const say = (said: Said): void => void process.stdout.write(`${JSON.stringify(said)}\n`);
const onBug = (error: unknown): void => say({ bug: String((error as Error).stack ?? error) });

async function main(url: string): Promise<void> {
  const service = await startForTest({ url, subgraphs: [rosterSubgraph], onBug });
  const app = express();
  mountRoutes(app, service.subgraph('roster').routes);
  app.use(problemHandler(onBug));
  const door = await listen(app, { port: 0, host: '127.0.0.1' });
  const token = await service.token({ subject: 'admin', tenant: 'acme', roles: ['ORG_ADMIN'] });
  say({ ready: { port: door.port, token } });
  // Whoever started it ends it by closing its input, also by being gone.
  process.stdin.resume().on('end', () => {
    say({ peakMegabytes: peakMegabytes() });
    void door.close().then(() => service.close());
  });
}

void main(process.argv[2]!);
