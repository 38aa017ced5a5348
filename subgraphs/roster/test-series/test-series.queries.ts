import type { Transaction } from '../../shared/database/database';

interface SeriesRow {
  id: number;
  name: string;
}

/** The test series assigned to classes, by name and id. */
export const selectSeriesOfClasses = (
  tx: Transaction,
  classIds: readonly number[],
): Promise<(SeriesRow & { classId: number })[]> =>
  tx.query(
    `select class_test_series.class_id as "classId", test_series.id, test_series.name
     from class_test_series
     join test_series on test_series.tenant_id = $1 and test_series.id = class_test_series.test_series_id
     where class_test_series.tenant_id = $1 and class_test_series.class_id = any($2)
     order by test_series.name collate "und-x-icu", test_series.id`,
    [tx.tenantId, classIds],
  );

/** The test series students may take: of their active enrolments in active classes, each once, by name and id. */
export const selectSeriesOfStudents = (
  tx: Transaction,
  personIds: readonly number[],
): Promise<(SeriesRow & { personId: number })[]> =>
  tx.query(
    `select taken."personId", test_series.id, test_series.name
     from (
       select distinct enrolments.person_id as "personId", class_test_series.test_series_id
       from enrolments
       join classes on classes.tenant_id = $1 and classes.id = enrolments.class_id and classes.active
       join class_test_series on class_test_series.tenant_id = $1 and class_test_series.class_id = enrolments.class_id
       where enrolments.tenant_id = $1 and enrolments.person_id = any($2)
         and enrolments.type = 'STUDENT' and enrolments.status = 'ACTIVE'
     ) taken
     join test_series on test_series.tenant_id = $1 and test_series.id = taken.test_series_id
     order by test_series.name collate "und-x-icu", test_series.id`,
    [tx.tenantId, personIds],
  );

/** Those of these numbers that test series of the tenant have. */
export async function selectSeries(tx: Transaction, ids: readonly number[]): Promise<number[]> {
  const rows = await tx.query<{ id: number }>(
    'select test_series.id from test_series where test_series.tenant_id = $1 and test_series.id = any($2)',
    [tx.tenantId, ids],
  );
  return rows.map(row => row.id);
}
