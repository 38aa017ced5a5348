import type { Writable } from 'node:stream';
import { Client, type ClientConfig, type QueryConfig } from 'pg';
import { duration } from '../metrics';
import { inSpan } from '../tracing';

const statementSeconds = duration(
  'strata_statement_seconds',
  'Seconds from the sending of a statement to its last row, by the pool of connections it went through.',
  ['pool'],
);

const longestText = 4_000;
/** Milliseconds that a read which is over waits for a message to be ended with. */
const endsWithin = 10;

/**
 * A connection of ours, through which every statement goes, those of TypeORM's repositories too: they are timed and
 * traced here. What fields that are resolved at the same time ask for is sent at once, and answered one after the other:
 * the database need not wait for us between two (pg calls that a pipeline). COPY and cursors need a connection of another
 * kind.
 */
export class OwnClient extends Client {
  private readonly time: (seconds: number) => void;
  /** Where a read is over and the server has not been told: when it will be, whatever else is asked. */
  private unsaidEnd: NodeJS.Timeout | undefined;
  private unanswered = 0;
  /** How many messages have been held back, and how they are let go. */
  private held: { messages: number; letGo: () => void } | undefined;

  constructor(settings: ClientConfig & { poolName: string }) {
    super({ ...settings, pipeline: true } as ClientConfig); // which the types of pg do not know yet
    const seconds = statementSeconds.labels(settings.poolName);
    this.time = taken => seconds.observe(taken);
  }

  /** As the query method that it stands for; pg's own types for its five forms are not repeated. */
  override query(...asked: unknown[]): never {
    const [statement, values, callback] = asked as [string | QueryConfig, unknown, unknown];
    const isPlain = typeof statement === 'string' || (typeof statement === 'object' && !('submit' in statement));
    if (!isPlain || typeof values === 'function' || callback !== undefined) return this.sent(asked) as never;
    return inSpan(() => spanOf(typeof statement === 'string' ? statement : statement.text), () => this.timed(asked)) as never;
  }

  /** Whether it waits for no answer. */
  get isIdle(): boolean {
    return this.unanswered === 0;
  }

  /** The next message leaves together with the one behind it, or without one once the event loop has come round. */
  holdBack(): void {
    const { stream } = this;
    stream.cork();
    const held = { messages: 0, letGo: () => undefined as void };
    let isHeld = true; // of its own: whatever is held back after it, each cork is taken off once
    held.letGo = () => {
      if (this.held === held) this.held = undefined;
      if (isHeld) stream.uncork();
      isHeld = false;
    };
    this.held = held;
    setImmediate(held.letGo);
  }

  /**
   * Ends a transaction that only read, behind its answer: with the next message over this connection, of whoever that is,
   * which under load comes at once; else by itself. A message of its own costs as much as a small statement.
   */
  endRead(): void {
    this.unsaidEnd = setTimeout(() => this.sayEnd(), endsWithin);
  }

  private sayEnd(): void {
    clearTimeout(this.unsaidEnd);
    this.unsaidEnd = undefined;
    void this.sendOn(['commit']).catch(() => undefined); // lost with its connection
  }

  /** Sends it behind the end of the read before it, if that has not been said. */
  private send(asked: unknown[]): Promise<unknown> {
    if (!this.unsaidEnd) return this.sendOn(asked);
    const [statement, values] = asked;
    if (typeof statement !== 'string' || values !== undefined) {
      this.sayEnd();
      return this.sendOn(asked);
    }
    clearTimeout(this.unsaidEnd);
    this.unsaidEnd = undefined;
    return this.sendOn([`commit; ${statement}`]).then(answered => {
      const [, ...own] = answered as unknown[];
      return own.length === 1 ? own[0] : own;
    });
  }

  /** What answers otherwise than by a promise. */
  private sent(asked: unknown[]): unknown {
    if (this.unsaidEnd) this.sayEnd();
    return this.sendOn(asked);
  }

  /** The parts of a statement's message leave as one: written apart, the first would cost the system a call of its own. */
  private sendOn(asked: unknown[]): Promise<unknown> {
    const { stream } = this;
    stream.cork();
    try {
      return (super.query as unknown as (...asked: unknown[]) => Promise<unknown>).apply(this, asked);
    } finally {
      stream.uncork();
      if (this.held && ++this.held.messages === 2) this.held.letGo();
    }
  }

  private get stream(): Writable {
    return (this as unknown as { connection: { stream: Writable } }).connection.stream;
  }

  private async timed(asked: unknown[]): Promise<unknown> {
    const begun = performance.now();
    this.unanswered++;
    try {
      return await this.send(asked);
    } finally {
      this.unanswered--;
      this.time((performance.now() - begun) / 1_000);
    }
  }
}

/** The text without values, which go beside it. */
const spanOf = (text: string) => ({
  name: summaryOf(text),
  kind: 'client' as const,
  attributes: { 'db.system.name': 'postgresql', 'db.query.text': text.slice(0, longestText), 'db.query.summary': summaryOf(text) },
});

const summaries = new Map<string, string>();
const mostSummaries = 2_000;

/** A statement's first word, and the first table that it names. */
function summaryOf(text: string): string {
  const key = text.slice(0, longestText);
  let summary = summaries.get(key);
  if (summary === undefined) {
    const [word = ''] = /[a-z]+/i.exec(text) ?? [];
    const [, table] = /\b(?:from|into|update|table)\s+"?([a-z_]+)/i.exec(text) ?? [];
    summary = [word.toUpperCase(), ...(table ? [table] : [])].join(' ');
    if (summaries.size < mostSummaries) summaries.set(key, summary);
  }
  return summary;
}
