import { Client, type PoolClient } from 'pg';
import type { BenchEvent } from './events';

const firstDay = '2025-08-01';
const whole = ['event_ids', 'activity_events', 'fact_deltas'];
const byDay = {
  ...{ class_days: 'day', learner_days: 'day', learner_months: 'month', cell_learners: 'month', aggregates: 'start' },
};

/**
 * Takes back what events added: the tenant is again what it was made as. What is left of their rows is cleared away: the
 * next events are of the same learners, and would be compared with all that were ever there.
 */
export async function forgetEvents(url: string, tenantId: number): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`set app.tenant_id = '${tenantId}'`);
    for (const table of whole) await client.query(`delete from ${table} where ${table}.tenant_id = $1`, [tenantId]);
    for (const [table, day] of Object.entries(byDay)) {
      await client.query(`delete from ${table} where ${table}.tenant_id = $1 and ${table}.${day} >= $2`, [tenantId, firstDay]);
    }
    await client.query(`vacuum (analyze) ${[...whole, ...Object.keys(byDay)].join(', ')}`);
  } finally {
    await client.end();
  }
}

export const countWaiting = async (client: Client, tenantId: number): Promise<number> => {
  const { rows } = await client.query<{ waiting: string }>(
    `select count(*) as waiting from fact_deltas where fact_deltas.tenant_id = $1`,
    [tenantId],
  );
  return Number(rows[0]!.waiting);
};

/** How many events of the tenant are kept, and how many attempts of them are in its own stored days. */
export const countKept = async (client: Client, tenantId: number): Promise<{ events: number; attempts: number }> => {
  const { rows } = await client.query<{ events: string; attempts: string }>(
    `select (select count(*) from activity_events where activity_events.tenant_id = $1) as events,
       (select coalesce(sum(aggregates.attempts), 0) from aggregates
        where aggregates.tenant_id = $1 and aggregates.hierarchy_id = 0 and aggregates.owner_id = 0
          and aggregates.grain = 1 and aggregates.context_id = 0 and aggregates.start >= $2) as attempts`,
    [tenantId, firstDay],
  );
  return { events: Number(rows[0]!.events), attempts: Number(rows[0]!.attempts) };
};

/** Tables like that of the accepted events, with its checks: one without any key, one with what makes an event unique. */
export const copied = { plain: 'bench.copied', keyed: 'bench.copied_with_key' };

export async function createCopied(client: Client): Promise<void> {
  for (const table of Object.values(copied)) {
    await client.query(`drop table if exists ${table}`);
    await client.query(`create table ${table} (like activity_events including all)`);
  }
  await client.query(`alter table ${copied.keyed} add primary key (tenant_id, accepted_on, event_id)`);
}

/** What is kept of events, those first that have most rows. Changes are not: the folder deletes them again. */
export const keptTables = ['activity_events', 'event_ids', ...Object.keys(byDay)] as const;

const keptLike = (table: string): string => `bench.kept_${table}`;

/** Empty tables like those, with their keys. */
export async function createKeptLike(client: Client): Promise<void> {
  for (const table of keptTables) await client.query(`create table if not exists ${keptLike(table)} (like ${table} including all)`);
}

interface Part {
  table: string;
  tenantId: number;
  file: string;
  part: number;
  parts: number;
}

/** Writes a part of the rows that events have left in a table of the tenant to a file, in their order there. */
export function copyOutKept(client: Client, { table, tenantId, file, part, parts }: Part): Promise<unknown> {
  const day = byDay[table as keyof typeof byDay];
  const rows = `select ${table}.* from ${table}
    where ${table}.tenant_id = ${Number(tenantId)} ${day ? `and ${table}.${day} >= '${firstDay}'` : ''}
      and abs(hashtext(${table}::text) % ${Number(parts)}) = ${Number(part)}`;
  return client.query(`copy (${rows}) to ${client.escapeLiteral(file)}`);
}

export async function emptyKeptLike(client: Client): Promise<void> {
  await client.query(`truncate ${keptTables.map(keptLike).join(', ')}`);
}

export const emptyCopied = (client: Client, table: string): Promise<unknown> => client.query(`truncate ${table}`);

/** Of rows of `copyRow`. */
export const copyIn = (client: Client | PoolClient, { table, file }: { table: string; file: string }): Promise<unknown> =>
  client.query(
    `copy ${table} (tenant_id, accepted_on, event_id, class_id, person_id, occurred_at, day, kind, score, seconds,
       context_id, accepted_at)
     from ${client.escapeLiteral(file)}`,
  );

/** Of what `copyOutKept` wrote. */
export const copyInKept = (client: Client, { table, file }: { table: string; file: string }): Promise<unknown> =>
  client.query(`copy ${keptLike(table)} from ${client.escapeLiteral(file)}`);

/** The row that an event becomes, as COPY reads it. */
export function copyRow(tenantId: number, event: BenchEvent): string {
  const day = event.occurredAt.slice(0, 10);
  const number = (id: string): string => id.slice(1);
  const fields = [
    ...[tenantId, '2025-08-10', event.eventId, number(event.classId), number(event.userId), event.occurredAt, day],
    ...['ASSESSMENT', event.score * 10_000, event.secondsSpent, 1, '2025-08-10T00:00:00Z'],
  ];
  return `${fields.join('\t')}\n`;
}
