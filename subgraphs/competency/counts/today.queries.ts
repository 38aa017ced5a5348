import type { Transaction } from '../../shared/database/database';
import type { Day } from '../../shared/period';

/** The day of a moment in the tenant's time zone. */
export async function selectToday(tx: Transaction, now: Date): Promise<Day> {
  const [row] = await tx.query<{ day: Day }>(
    `select ($2::timestamptz at time zone tenant_settings.time_zone)::date::text as day
     from tenant_settings where tenant_settings.tenant_id = $1`,
    [tx.tenantId, now],
  );
  return row!.day;
}
