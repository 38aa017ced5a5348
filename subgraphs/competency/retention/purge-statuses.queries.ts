import type { Transaction } from '../../shared/database/database';
import type { Day } from '../../shared/period';

/** Deletes rows of weeks that ended before a day, `most` at a time. */
export async function deleteWeeks(tx: Transaction, from: Day, most: number): Promise<number> {
  const [row] = await tx.query<{ rows: number }>(
    `with gone as (
       delete from class_weeks
       where class_weeks.tenant_id = $1 and (class_weeks.class_id, class_weeks.week) in (
         select old.class_id, old.week from class_weeks old where old.tenant_id = $1 and old.week + 6 < $2::date limit $3)
       returning 1
     )
     select count(*)::int as rows from gone`,
    [tx.tenantId, from, most],
  );
  return row!.rows;
}

/**
 * Deletes statuses that another one had taken the place of before a day, `most` at a time: what was so when that day began
 * stays, since figures of a window that begins with it are compared with that. A person's last one stays, however old: it
 * is what is so today. Returns how many, and whose.
 */
export async function deleteEndedStatuses(
  tx: Transaction,
  from: Day,
  most: number,
): Promise<{ rows: number; people: number[] }> {
  const [row] = await tx.query<{ rows: number; people: number[] }>(
    `with gone as (
       delete from competency_statuses
       where competency_statuses.tenant_id = $1
         and (competency_statuses.person_id, competency_statuses.competency_id, competency_statuses.day) in (
           select old.person_id, old.competency_id, old.day from competency_statuses old
           where old.tenant_id = $1 and old.day < $2 and exists (
             select from competency_statuses later
             where later.tenant_id = $1 and later.person_id = old.person_id and later.competency_id = old.competency_id
               and later.day > old.day and later.day < $2)
           limit $3)
       returning competency_statuses.person_id
     )
     select count(*)::int as rows, coalesce(array_agg(distinct gone.person_id), '{}') as people from gone`,
    [tx.tenantId, from, most],
  );
  return row!;
}
