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
 * traced here. What fields that are resolved at the same time ask for is sent at once, and answered one after the other:
 * the database need not wait for us between two (pg calls that a pipeline). COPY and cursors need a connection of another
 * kind.
 */
export class OwnClient extends Client {
  private readonly time: (seconds: number) => void;

  constructor(settings: ClientConfig & { poolName: string }) {
    super({ ...settings, pipeline: true } as ClientConfig); // which the types of pg do not know yet
    const seconds = statementSeconds.labels(settings.poolName);
    this.time = taken => seconds.observe(taken);
  }

  /** As the query method that it stands for; pg's own types for its five forms are not repeated. */
  override query(...asked: unknown[]): never {
    const [statement, values, callback] = asked as [string | QueryConfig, unknown, unknown];
    const isPlain = typeof statement === 'string' || (typeof statement === 'object' && !('submit' in statement));
    if (!isPlain || typeof values === 'function' || callback !== undefined) return sendOn(this, asked) as never;
    return inSpan(() => spanOf(typeof statement === 'string' ? statement : statement.text), () => this.timed(asked)) as never;
  }

  private async timed(asked: unknown[]): Promise<unknown> {
    const begun = performance.now();
    try {
      return await sendOn(this, asked);
    } finally {
      this.time((performance.now() - begun) / 1_000);
    }
  }
}

const sendOn = (client: Client, asked: unknown[]): Promise<unknown> =>
  (Client.prototype.query as unknown as (...asked: unknown[]) => Promise<unknown>).apply(client, asked);

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
