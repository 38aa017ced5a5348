import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectRoot } from '../subgraphs/shared/project-root';
import { registerTypeScript } from './typescript-in-children';
import type { Move } from './restless-tenant';

/** What a crash worker is to do. */
export interface Work {
  url: string;
  tenantId: number;
  seed: number;
  firstEvent: number;
}

type Events = [first: number, count: number];

/** What a crash worker says; `sent`, `moved`, `folded` and `built` once it is committed. */
export type Told =
  | { sending: Events }
  | { sent: Events; accepted: number; duplicates: number }
  | { moving: Move }
  | { moved: boolean }
  | { folded: number }
  | { built: string }
  | { verified: true }
  | { bug: string };

/** A crash worker at work, and what is known of what it has done. */
export class CrashWorker {
  private readonly told: Told[] = [];
  private readonly process: ChildProcess;
  private readonly ended: Promise<void>;

  constructor(work: Work) {
    const script = path.join(projectRoot, 'test', 'crash-worker.ts');
    this.process = spawn(process.execPath, ['-r', registerTypeScript, script, JSON.stringify(work)], {
      cwd: projectRoot,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let said = '';
    this.process.stdout!.on('data', (chunk: Buffer) => {
      const lines = (said + chunk.toString()).split('\n');
      said = lines.pop()!; // of a line that a kill cut short nothing is known
      this.told.push(...lines.map(line => JSON.parse(line) as Told));
    });
    this.ended = new Promise(resolve => this.process.once('close', () => resolve()));
  }

  /** Waits until so many of each kind of work have been done since this was called. */
  async does(times: number): Promise<void> {
    const kinds = ['sent', 'moved', 'folded', 'built', 'verified'] as const;
    const counts = () => kinds.map(kind => this.told.filter(one => kind in one).length);
    const before = counts();
    for (let waited = 0; counts().some((count, index) => count < before[index]! + times); waited += 5) {
      const state = kinds.map((kind, index) => `${counts()[index]! - before[index]!} ${kind}`).join(', ');
      if (this.bugs.length > 0) throw new Error(this.bugs.join('\n'));
      if (this.process.exitCode !== null) throw new Error(`the worker ended by itself (${this.process.exitCode})`);
      if (waited > 20_000) throw new Error(`the worker is stuck: since 20 s no more than ${state}`);
      await sleep(5);
    }
  }

  /** Dead at once, in the middle of whatever it does. */
  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.ended;
  }

  /** Ends what it is doing. */
  async stop(): Promise<void> {
    this.process.stdin!.end();
    await this.ended;
  }

  get bugs(): string[] {
    return this.told.flatMap(one => ('bug' in one ? [one.bug] : []));
  }

  /** What it has begun to send, stored or not. */
  get begun(): Events[] {
    return this.told.flatMap(one => ('sending' in one ? [one.sending] : []));
  }

  get acknowledged(): Events[] {
    return this.told.flatMap(one => ('sent' in one ? [one.sent] : []));
  }

  /** The moves, in order, each with whether it was done; null of one whose end is not known. */
  get moves(): { move: Move; done: boolean | null }[] {
    const list: { move: Move; done: boolean | null }[] = [];
    for (const one of this.told) {
      if ('moving' in one) list.push({ move: one.moving, done: null });
      if ('moved' in one) list.at(-1)!.done = one.moved;
    }
    return list;
  }
}
