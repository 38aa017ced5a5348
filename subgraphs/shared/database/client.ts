import { Client, type ClientConfig, type QueryConfig } from 'pg';
import { duration } from '../metrics';
import { inSpan } from '../tracing';

const statementSeconds = duration(
  'strata_statement_seconds',
  'Seconds from the sending of a statement to its last row, by the pool of connections it went through.',
  ['pool'],
);

const longestText = 4_000;

/**
 * A connection of ours, through which every statement goes, those of TypeORM's repositories too: they are timed and
 * traced here, and sent one after the other, as fields that are resolved at the same time ask for them.
 */
export class OwnClient extends Client {
  private readonly time: (seconds: number) => void;
  private busy = false;
  private readonly waiting: (() => void)[] = [];

  constructor(settings: ClientConfig & { poolName: string }) {
    super(settings);
    const seconds = statementSeconds.labels(settings.poolName);
    this.time = taken => seconds.observe(taken);
  }

  /** As the query method that it stands for; pg's own types for its five forms are not repeated. */
  override query(...asked: unknown[]): never {
    const [statement, values, callback] = asked as [string | QueryConfig, unknown, unknown];
    const send = super.query.bind(this) as unknown as (...asked: unknown[]) => Promise<unknown>;
    const isPlain = typeof statement === 'string' || (typeof statement === 'object' && !('submit' in statement));
    if (!isPlain || typeof values === 'function' || callback !== undefined) return send(...asked) as never;
    const text = typeof statement === 'string' ? statement : statement.text;
    return this.inTurn(() => inSpan(spanOf(text), () => this.timed(() => send(...asked)))) as never;
  }

  private async timed(send: () => Promise<unknown>): Promise<unknown> {
    const begun = performance.now();
    try {
      return await send();
    } finally {
      this.time((performance.now() - begun) / 1_000);
    }
  }

  private async inTurn(send: () => Promise<unknown>): Promise<unknown> {
    if (this.busy) await new Promise<void>(begin => this.waiting.push(begin));
    this.busy = true;
    try {
      return await send();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.busy = false;
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
