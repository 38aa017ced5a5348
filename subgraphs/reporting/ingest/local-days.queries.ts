import type { Transaction } from '../../shared/database/database';
import { moments } from './columns';

/** By how many seconds the tenant's clocks are ahead of UTC at these moments. */
export async function selectClockOffsets(tx: Transaction, at: readonly Date[]): Promise<number[]> {
  const [row] = await tx.query<{ offsets: number[] }>(
    `select array_agg(
       extract(epoch from (asked.at at time zone tenant_settings.time_zone) - (asked.at at time zone 'UTC'))::int
       order by asked.place) as offsets
     from unnest($2::timestamptz[]) with ordinality asked(at, place)
     join tenant_settings on tenant_settings.tenant_id = $1`,
    [tx.tenantId, moments(at)],
  );
  return row!.offsets;
}
