import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { subgraphNames, type SubgraphName } from '../subgraphs/shared/environment';
import type { TestDatabase } from './database';
import { freePort } from './free-port';
import { startStrata, strata, type Started } from './strata-command';

/** A gateway and its subgraphs, each a process of its own. */
export interface Set {
  url: string;
  /** Where each subgraph listens. */
  subgraphUrls: Record<SubgraphName, string>;
  processes: Started[];
}

/** Processes of Strata beside each other on one database. */
export class BesideEachOther {
  readonly sets: Set[] = [];
  private readonly folder = mkdtempSync(path.join(os.tmpdir(), 'strata-beside-'));
  private readonly settings: Record<string, string>;

  constructor(database: TestDatabase) {
    this.settings = {
      ...database.settings,
      STRATA_DATA_DIR: this.folder,
      STRATA_DEMO: '0',
      STRATA_LIMIT_REQUESTS: '0',
      LOG_LEVEL: 'error',
    };
  }

  async start(): Promise<Set> {
    const entries: [SubgraphName, string][] = [];
    for (const name of subgraphNames) entries.push([name, `http://127.0.0.1:${await freePort()}/graphql`]);
    const subgraphUrls = Object.fromEntries(entries) as Record<SubgraphName, string>;
    const urls = Object.fromEntries(entries.map(([name, url]) => [`STRATA_SUBGRAPH_${name.toUpperCase()}_URL`, url]));
    const settings = { ...this.settings, ...urls, PORT: '0' };
    const set: Set = { url: '', subgraphUrls, processes: [] };
    this.sets.push(set);
    await this.strata(['migrate']); // compiled, too, by the time they start at once
    const start = async (...words: string[]): Promise<Started> => {
      const started = await startStrata(words, settings);
      set.processes.push(started);
      return started;
    };
    const [gateway] = await Promise.all([start('gateway'), ...subgraphNames.map(name => start('subgraph', name))]);
    set.url = gateway.url;
    return set;
  }

  /** A command beside the processes. */
  strata(words: string[]) {
    return strata(words, this.settings);
  }

  async token(login: string): Promise<string> {
    return (await this.strata(['token', login])).stdout.trim();
  }

  /** All processes of a set are dead at once, in the middle of whatever they do. */
  async kill({ processes }: Set): Promise<void> {
    for (const { process } of processes) process.kill('SIGKILL');
    await Promise.all(processes.map(({ ended }) => ended));
  }

  async close(): Promise<void> {
    for (const set of this.sets) await this.kill(set);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What a process tells Prometheus under this name, of all labels together. */
export async function figureOf(url: string, name: string): Promise<number> {
  const text = await (await fetch(new URL('/metrics', url))).text();
  const lines = text.split('\n').filter(line => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
