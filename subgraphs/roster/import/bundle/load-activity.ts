import { ingest } from '../../../reporting/published';
import type { Database } from '../../../shared/database/database';
import { shown } from './fields';
import { readLines, type Line } from './read-lines';
import type { Tally } from './tally';

interface Activity {
  file: string;
  path: string;
  lines: number;
}

interface Event {
  line: number;
  text: string;
  fields: Record<string, unknown>;
}

/** Events of one transaction; and how many may wait for their tenant's batch to fill, all tenants together. */
const batchSize = 2_500;
const mostWaiting = 25_000;

/**
 * Takes the events in, some thousand of a tenant in a transaction: what a load that is broken off has taken in stays,
 * and the next one finds it there. Each tenant's events come in the order of the file.
 */
export async function loadActivity(
  database: Database,
  { activity, tenants, tally, now, onProgress }: {
    activity: Activity;
    /** Numbers by the customers' ids. */
    tenants: (externalIds: string[]) => Promise<Map<string, number>>;
    tally: Tally;
    now: Date;
    onProgress: (file: string, done: number, total: number) => void;
  },
): Promise<void> {
  const { file } = activity;
  const numbers = new Map<string, number | undefined>();
  const batches = new Map<number, Batch>();
  let waiting = 0;
  const flush = async (batch: Batch): Promise<void> => {
    waiting -= batch.size;
    await batch.takeIn(database, { file, tally, now });
  };
  for await (const lines of readLines(activity.path)) {
    const parsed = lines.flatMap(line => parse(line, (reason: string) => tally.reject(file, line.line, reason)));
    const unknown = new Set(parsed.map(({ tenant }) => tenant).filter(tenant => !numbers.has(tenant)));
    if (unknown.size > 0) {
      const found = await tenants([...unknown]);
      for (const tenant of unknown) numbers.set(tenant, found.get(tenant));
    }
    for (const { tenant, event } of parsed) {
      const number = numbers.get(tenant);
      if (number === undefined) {
        const came = `there is no tenant ${shown(tenant)}`;
        tally.reject(file, event.line, `tenant_id: expected a tenant that is known; ${came}`);
        continue;
      }
      const batch = batches.get(number) ?? new Batch(number);
      batches.set(number, batch);
      if (!batch.takes(event)) await flush(batch);
      batch.add(event);
      waiting++;
      if (batch.size >= batchSize) await flush(batch);
      else if (waiting >= mostWaiting) await flush(largestOf(batches));
    }
    onProgress(file, lines.at(-1)!.line, activity.lines);
  }
  for (const batch of batches.values()) if (batch.size > 0) await flush(batch);
  onProgress(file, activity.lines, activity.lines);
}

const largestOf = (batches: Map<number, Batch>): Batch =>
  [...batches.values()].reduce((largest, batch) => (batch.size > largest.size ? batch : largest));

function parse({ line, text }: Line, reject: (reason: string) => void): { tenant: string; event: Event }[] {
  const no = (reason: string): [] => {
    reject(reason);
    return [];
  };
  if (text === null) return no('expected one event a line; this line is longer than any event');
  if (text.includes('\uFFFD')) return no('expected UTF-8; bytes came that are none');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return no(`expected a JSON object; ${shown(text)} came`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return no(`expected a JSON object; ${shown(text)} came`);
  }
  const { tenant_id: tenant, ...fields } = value as Record<string, unknown>;
  if (typeof tenant !== 'string' || tenant.trim() === '') {
    const came = tenant === undefined ? 'it is missing' : `${shown(JSON.stringify(tenant))} came`;
    return no(`tenant_id: expected a tenant's id as text; ${came}`);
  }
  return [{ tenant: tenant.trim(), event: { line, text, fields } }];
}

/** A receipt names events by their ids alone: lines that say different things of one id go in one after the other. */
class Batch {
  private events: Event[] = [];
  private byId = new Map<string, Event[]>();

  constructor(private readonly tenant: number) {}

  get size(): number {
    return this.events.length;
  }

  takes(event: Event): boolean {
    const id = idOf(event.fields.eventId);
    return id === '' || (this.byId.get(id) ?? []).every(known => known.text === event.text);
  }

  add(event: Event): void {
    this.events.push(event);
    const id = idOf(event.fields.eventId);
    const known = this.byId.get(id);
    if (known) known.push(event);
    else this.byId.set(id, [event]);
  }

  async takeIn(database: Database, { file, tally, now }: { file: string; tally: Tally; now: Date }): Promise<void> {
    const { events, byId } = this;
    this.events = [];
    this.byId = new Map();
    const receipt = await database.transaction(this.tenant, 'activity', tx =>
      ingest(tx, events.map(event => event.fields), { now, ids: 'external' }),
    );
    tally.count(file, 'added', receipt.accepted);
    tally.count(file, 'unchanged', receipt.duplicates);
    for (const { eventId, code, message } of receipt.rejected) {
      const event = byId.get(eventId)?.shift();
      if (!event) throw new Error(`an event was rejected that was not sent: ${eventId}`);
      tally.reject(file, event.line, code === 'CONFLICT' ? `CONFLICT: ${message}` : message);
    }
  }
}

/** As a receipt names an event: events without an id of text are rejected, in their order, as ''. */
const idOf = (eventId: unknown): string => (typeof eventId === 'string' ? eventId.slice(0, 512) : '');
