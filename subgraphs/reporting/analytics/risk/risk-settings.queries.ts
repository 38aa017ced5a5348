import type { Transaction } from '../../../shared/database/database';
import type { Day } from '../../../shared/period';
import { usualThresholds, type Thresholds } from './thresholds';

export interface KnownSettings extends Thresholds {
  version: number;
  /** Whether the tenant has left them as they were. */
  isDefault: boolean;
}

const columns = `
  risk_settings.version, risk_settings.inactive_days as "inactiveDays",
  risk_settings.minimum_average_score as "minimumAverageScore", risk_settings.minimum_engagement as "minimumEngagement",
  risk_settings.minimum_mastery_progress as "minimumMasteryProgress"`;

type Row = { [Name in keyof Thresholds]: number | null } & { version: number | null };

const settingsOf = (row: Row | undefined): KnownSettings =>
  row?.version === null || row === undefined
    ? { ...usualThresholds, version: 1, isDefault: true }
    : { ...row, version: row.version, isDefault: false };

/** The day of a moment in the tenant's time zone, and what the tenant says of risk. */
export async function selectTodayAndRisk(tx: Transaction, now: Date): Promise<{ today: Day; risk: KnownSettings }> {
  const [row] = await tx.query<Row & { today: Day }>(
    `select ($2::timestamptz at time zone tenant_settings.time_zone)::date::text as today, ${columns}
     from tenant_settings
     left join risk_settings on risk_settings.tenant_id = $1
     where tenant_settings.tenant_id = $1`,
    [tx.tenantId, now],
  );
  const { today, ...risk } = row!;
  return { today, risk: settingsOf(risk) };
}

/** The settings, held until the transaction ends, whether or not there were any. */
export async function lockRisk(tx: Transaction): Promise<KnownSettings> {
  const { inactiveDays, minimumAverageScore, minimumEngagement, minimumMasteryProgress } = usualThresholds;
  await tx.query(
    `insert into risk_settings (tenant_id, version, inactive_days, minimum_average_score, minimum_engagement,
       minimum_mastery_progress)
     values ($1, 1, $2, $3, $4, $5)
     on conflict do nothing`,
    [tx.tenantId, inactiveDays, minimumAverageScore, minimumEngagement, minimumMasteryProgress],
  );
  const [row] = await tx.query<Row>(
    `select ${columns} from risk_settings where risk_settings.tenant_id = $1 for update`,
    [tx.tenantId],
  );
  return settingsOf(row);
}

export async function updateRisk(tx: Transaction, thresholds: Thresholds): Promise<void> {
  const { inactiveDays, minimumAverageScore, minimumEngagement, minimumMasteryProgress } = thresholds;
  await tx.query(
    `update risk_settings set version = version + 1, inactive_days = $2, minimum_average_score = $3,
       minimum_engagement = $4, minimum_mastery_progress = $5
     where risk_settings.tenant_id = $1`,
    [tx.tenantId, inactiveDays, minimumAverageScore, minimumEngagement, minimumMasteryProgress],
  );
}
