import path from 'node:path';
import type { Worker } from 'node:worker_threads';
import type { Database, TellableSettings } from '../../shared/database/database';
import { keepOfThread, tellOfThread, type ThreadFigures } from '../../shared/metrics';
import { Stopped } from '../../shared/queue/tenant-queue';
import { startThread } from '../../shared/threads';
import { heardError, type ToldError } from './told-errors';

export interface ThreadData {
  database: TellableSettings;
}

/** A file to make. */
export interface Asked {
  id: number;
  tenantId: number;
  mostTries: number;
}

/** What the thread is told: a file, what time it is (milliseconds), to break off what it does, to end. */
export type ToThread = { make: Asked } | { now: number } | 'stop' | 'end';

/** What it tells: that it wants to know the time, that the try has begun, how it ended. */
export type FromThread = 'now' | { tries: number } | ({ figures: ThreadFigures } & ({ made: boolean } | { error: ToldError }));

export interface Wanted extends Asked {
  now: () => Date;
  /** Told of the try as soon as it has begun. */
  onTry: (tries: number) => void;
}

/** Megabytes of objects for a file that is being made: enough for the longest, which keep some 60 at a time. */
const enough = 128;
/** Milliseconds after a file until its thread ends, which by then only takes memory. */
const idleFor = 60_000;
/** Milliseconds for it to break off what it is at, and to end by itself. */
const patience = { stop: 5_000, end: 3_000 };

/** A thread that was to break off did not: it hears nothing, or waits for a database that does not answer. */
export class Unheard extends Stopped {}

export interface MakerSettings {
  statementTimeout: number;
  /** Megabytes of objects for each file; enough when omitted. */
  megabytes?: number | undefined;
}

/**
 * Has report files made in threads with heaps of their own, which have a bound: neither a file's rows nor the garbage of
 * them come to the memory of whoever answers requests, and no request waits while pages are written. A thread makes one
 * file at a time, so that one which takes too much ends nothing but itself.
 */
export class Maker {
  private readonly idle: MakingThread[] = [];
  private readonly alive = new Set<MakingThread>();
  private readonly underWay = new Set<string>();

  constructor(
    private readonly database: Database,
    private readonly settings: MakerSettings,
  ) {}

  /** As `makeExport` says. A thread that dies fails what it was at. */
  async make(wanted: Wanted): Promise<boolean> {
    const thread = this.idle.pop() ?? this.start();
    const file = nameOf(wanted.id, wanted.tenantId);
    this.underWay.add(file);
    try {
      return await thread.make(wanted);
    } finally {
      this.underWay.delete(file);
      if (this.alive.has(thread)) this.idle.push(thread);
    }
  }

  /** Whether one of its threads makes this file, or is about to. */
  isAt(id: number, tenantId: number): boolean {
    return this.underWay.has(nameOf(id, tenantId));
  }

  private start(): MakingThread {
    // It reads through one connection and writes through another.
    const { statementTimeout, megabytes = enough } = this.settings;
    const data = { database: this.database.tellableSettings({ statementTimeout, poolSize: 2 }) };
    const thread = new MakingThread({ data, megabytes }, () => {
      this.alive.delete(thread);
      const place = this.idle.indexOf(thread);
      if (place >= 0) this.idle.splice(place, 1);
    });
    this.alive.add(thread);
    return thread;
  }

  /** Breaks off what is being made, within some seconds: the next who comes begins it anew. */
  stop(): void {
    for (const thread of this.alive) thread.stop();
  }

  /** Ends all threads, once nothing is made in them. */
  async end(): Promise<void> {
    await Promise.all([...this.alive].map(thread => thread.end()));
  }
}

const nameOf = (id: number, tenantId: number): string => `${tenantId} ${id}`;

class MakingThread {
  private readonly thread: Worker;
  private readonly gone: Promise<void>;
  private making: (Pick<Wanted, 'now' | 'onTry'> & { resolve: (made: boolean) => void; reject: (error: unknown) => void }) | undefined;
  private timer: NodeJS.Timeout | undefined;
  private impatient: NodeJS.Timeout | undefined;

  constructor(parts: { data: ThreadData; megabytes: number }, private readonly onEnd: () => void) {
    const thread = startThread({ file: path.join(__dirname, 'making.thread'), ...parts });
    this.thread = thread;
    let death: Error | undefined;
    thread.on('message', (heard: FromThread) => this.hear(heard));
    thread.once('error', (error: Error) => (death = error));
    this.gone = new Promise(resolve =>
      thread.once('exit', () => {
        clearTimeout(this.timer);
        clearTimeout(this.impatient);
        onEnd();
        keepOfThread(thread);
        this.making?.reject(death ?? new Error('the thread that made a report file has ended'));
        resolve();
      }),
    );
  }

  make({ now, onTry, ...asked }: Wanted): Promise<boolean> {
    clearTimeout(this.timer);
    const made = new Promise<boolean>((resolve, reject) => (this.making = { now, onTry, resolve, reject }));
    this.tell({ make: asked });
    return made.finally(() => {
      this.making = undefined;
      clearTimeout(this.impatient);
      this.timer = setTimeout(() => void this.end(), idleFor).unref();
    });
  }

  private hear(heard: FromThread): void {
    if (heard === 'now') return this.making && this.tell({ now: this.making.now().getTime() });
    if ('tries' in heard) return this.making?.onTry(heard.tries);
    tellOfThread(this.thread, heard.figures);
    if ('made' in heard) this.making?.resolve(heard.made);
    else this.making?.reject(heardError(heard.error));
  }

  stop(): void {
    this.tell('stop');
    if (!this.making) return;
    this.impatient = setTimeout(() => {
      this.making?.reject(new Unheard());
      void this.thread.terminate();
    }, patience.stop);
  }

  async end(): Promise<void> {
    this.onEnd(); // nobody gives it another file
    clearTimeout(this.timer);
    this.tell('end');
    const impatient = setTimeout(() => void this.thread.terminate(), patience.end);
    await this.gone;
    clearTimeout(impatient);
  }

  private tell(what: ToThread): void {
    this.thread.postMessage(what);
  }
}
