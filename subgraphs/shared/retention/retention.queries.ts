import { acceptanceLock } from '../database/acceptance-lock.queries';
import type { Transaction } from '../database/database';
import type { Day } from '../period';

/** For how long what is kept; null: for ever. */
export interface RetentionTimes {
  /** Raw activity, in hours from its acceptance. */
  rawActivityHours: number | null;
  /** Ids of events, in days from their acceptance. */
  eventIdDays: number | null;
  /** Figures and what they are made of, in days from the last acceptance of something of their day. */
  figureDays: number | null;
  auditLogDays: number | null;
  activityLogDays: number | null;
  /** The contents of imported files, in days from when they were sent. */
  importDays: number | null;
}

/** From when on what is there; null: from the beginning. They move forward alone, before anything is deleted. */
export interface KeptFrom {
  /** Raw activity that was accepted before this day (UTC) may be gone. */
  rawFrom: Day | null;
  /** Ids of events that were accepted before this moment may be gone. */
  eventIdsFrom: Date | null;
  /** Figures of days of which nothing was accepted from this day (UTC) on are gone or going. */
  figuresAcceptedFrom: Day | null;
  /** Figures of some days before this one are gone. */
  figuresFrom: Day | null;
  /** Competency statuses that ended before this day are gone. */
  competenciesFrom: Day | null;
}

export type Retention = RetentionTimes & KeptFrom;

const sevenYears = 2_557;

/** What holds for a tenant that has set nothing; the table's own defaults. */
export const usualTimes: RetentionTimes = {
  rawActivityHours: 24,
  eventIdDays: 400,
  figureDays: sevenYears,
  auditLogDays: sevenYears,
  activityLogDays: sevenYears,
  importDays: 90,
};

const fromTheBeginning: KeptFrom = {
  ...{ rawFrom: null, eventIdsFrom: null, figuresAcceptedFrom: null, figuresFrom: null, competenciesFrom: null },
};

const columns = {
  rawActivityHours: 'raw_activity_hours',
  eventIdDays: 'event_id_days',
  figureDays: 'figure_days',
  auditLogDays: 'audit_log_days',
  activityLogDays: 'activity_log_days',
  importDays: 'import_days',
} as const;

const days = {
  rawFrom: 'raw_from',
  figuresAcceptedFrom: 'figures_accepted_from',
  figuresFrom: 'figures_from',
  competenciesFrom: 'competencies_from',
} as const;

const selected = [
  ...Object.entries(columns).map(([name, column]) => `retention_settings.${column} as "${name}"`),
  ...Object.entries(days).map(([name, column]) => `retention_settings.${column}::text as "${name}"`),
  'retention_settings.event_ids_from as "eventIdsFrom"',
].join(', ');

/** The tenant's times, and from when on what is there. */
export async function selectRetention(tx: Transaction): Promise<Retention> {
  const [row] = await tx.query<Retention>(
    `select ${selected} from retention_settings where retention_settings.tenant_id = $1`,
    [tx.tenantId],
  );
  return row ?? { ...usualTimes, ...fromTheBeginning };
}

/** Sets these times; the others stay. Whoever writes them holds the lock of the tenant's settings. */
export async function updateTimes(tx: Transaction, times: Partial<RetentionTimes>): Promise<void> {
  await insertUsual(tx);
  const names = Object.keys(times) as (keyof RetentionTimes)[];
  if (names.length === 0) return;
  await tx.query(
    `update retention_settings set ${names.map((name, index) => `${columns[name]} = $${index + 2}`).join(', ')}
     where retention_settings.tenant_id = $1`,
    [tx.tenantId, ...names.map(name => times[name])],
  );
}

/** Keeps everything of a tenant for ever, unless its times were set already. */
export async function keepForEver(tx: Transaction): Promise<void> {
  const names = Object.values(columns);
  await tx.query(
    `insert into retention_settings (tenant_id, ${names.join(', ')}) values ($1, ${names.map(() => 'null').join(', ')})
     on conflict do nothing`,
    [tx.tenantId],
  );
}

const insertUsual = (tx: Transaction): Promise<unknown> =>
  tx.query(`insert into retention_settings (tenant_id) values ($1) on conflict do nothing`, [tx.tenantId]);

/** Says from when on what is there. What was said before is never taken back. */
export async function moveForward(tx: Transaction, kept: Partial<KeptFrom>): Promise<void> {
  await insertUsual(tx);
  const all: Record<keyof KeptFrom, string> = { ...days, eventIdsFrom: 'event_ids_from' };
  const names = Object.keys(kept) as (keyof KeptFrom)[];
  await tx.query(
    `update retention_settings
     set ${names.map((name, index) => `${all[name]} = greatest(${all[name]}, $${index + 2})`).join(', ')}
     where retention_settings.tenant_id = $1`,
    [tx.tenantId, ...names.map(name => kept[name])],
  );
}

/** Waits until no activity is being accepted, and holds it off until the transaction ends. */
export const holdAcceptanceOff = (tx: Transaction): Promise<unknown> =>
  tx.query('select pg_advisory_xact_lock($1, $2)', [acceptanceLock, tx.tenantId]);
