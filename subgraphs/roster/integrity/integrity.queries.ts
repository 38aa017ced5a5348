import type { Transaction } from '../../shared/database/database';
import type { Performer } from '../activity-log/log-entry';

const missingClass = (table: string): string =>
  `not exists (select from classes where classes.tenant_id = $1 and classes.id = ${table}.class_id)`;
const missingPerson = (id: string): string =>
  `not exists (select from people where people.tenant_id = $1 and people.id = ${id})`;
const missingSeries = `
  not exists (select from test_series
    where test_series.tenant_id = $1 and test_series.id = class_test_series.test_series_id)`;
const missingSchool = `classes.school_id is not null
  and not exists (select from groups where groups.tenant_id = $1 and groups.id = classes.school_id)`;

/** All rows of a key but the one that stays: of enrolments the active one, and of several the last that began. */
const surplusEnrolments = `
  select numbered.row from (
    select enrolments.ctid as row, row_number() over (
      partition by enrolments.class_id, enrolments.person_id, enrolments.type
      order by enrolments.status = 'ACTIVE' desc, enrolments.enrolled_at desc nulls last, enrolments.ctid) as ordinal
    from enrolments where enrolments.tenant_id = $1
  ) numbered where numbered.ordinal > 1`;
const surplusAssignments = `
  select numbered.row from (
    select class_test_series.ctid as row, row_number() over (
      partition by class_test_series.class_id, class_test_series.test_series_id
      order by class_test_series.assigned_at, class_test_series.ctid) as ordinal
    from class_test_series where class_test_series.tenant_id = $1
  ) numbered where numbered.ordinal > 1`;

/** When the log says that it began, else when its class did; not after it ended. */
const likelyBeginning = `
  least(enrolments.ended_at, coalesce(
    (select max(activity_log.created_at) from activity_log
     where activity_log.tenant_id = $1 and activity_log.class_id = enrolments.class_id
       and activity_log.user_id = enrolments.person_id
       and activity_log.action in ('STUDENT_ADDED', 'TEACHER_ASSIGNED')),
    (select classes.created_at from classes where classes.tenant_id = $1 and classes.id = enrolments.class_id),
    $4::timestamptz))`;

interface ProblemKind {
  kind: string;
  table: string;
  /** What is true of a row that has the problem. */
  where: string;
  /** Mends the rows, and returns of each: action, class_id, user_id (null: the performer), student_id, metadata. */
  mend?: string;
}

const asWhom = `enrolments.class_id, enrolments.person_id as user_id,
  case enrolments.type when 'STUDENT' then enrolments.person_id end as student_id`;
const removed = `case enrolments.type when 'STUDENT' then 'STUDENT_REMOVED' else 'TEACHER_REMOVED' end as action`;
const updated = `case enrolments.type when 'STUDENT' then 'STUDENT_UPDATED' else 'GROUP_UPDATED' end as action`;
const statusOf = `jsonb_build_object('status', enrolments.status) as metadata`;
const ofSeries = `class_test_series.class_id, null::int as user_id, null::int as student_id,
  jsonb_build_object('testSeriesNumber', class_test_series.test_series_id) as metadata`;

const endEnrolments = (where: string): string =>
  `delete from enrolments where enrolments.tenant_id = $1 and ${where} returning ${removed}, ${asWhom}, ${statusOf}`;
const endAssignments = (where: string, action: string): string =>
  `delete from class_test_series where class_test_series.tenant_id = $1 and ${where}
   returning '${action}' as action, ${ofSeries}`;

const withoutClass = missingClass('enrolments');
const withoutPerson = missingPerson('enrolments.person_id');
const twice = `enrolments.ctid in (${surplusEnrolments})`;
const seriesWithoutClass = missingClass('class_test_series');
const seriesTwice = `class_test_series.ctid in (${surplusAssignments})`;

/** In the order in which they are mended: what belongs to nothing goes first, and is then no duplicate any more. */
const problemKinds: ProblemKind[] = [
  { kind: 'ENROLMENT_WITHOUT_CLASS', table: 'enrolments', where: withoutClass, mend: endEnrolments(withoutClass) },
  { kind: 'ENROLMENT_WITHOUT_USER', table: 'enrolments', where: withoutPerson, mend: endEnrolments(withoutPerson) },
  {
    ...{ kind: 'ENROLMENT_TWICE', table: 'enrolments', where: twice },
    mend: `delete from enrolments where enrolments.tenant_id = $1 and ${twice}
      returning ${updated}, ${asWhom}, ${statusOf}`,
  },
  {
    ...{ kind: 'ENROLMENT_WITHOUT_DATE', table: 'enrolments', where: 'enrolments.enrolled_at is null' },
    mend: `update enrolments set enrolled_at = ${likelyBeginning}
      where enrolments.tenant_id = $1 and enrolments.enrolled_at is null
      returning ${updated}, ${asWhom}, jsonb_build_object('enrolledAt', enrolments.enrolled_at) as metadata`,
  },
  {
    ...{ kind: 'CLASS_WITHOUT_SCHOOL', table: 'classes', where: missingSchool },
    mend: `update classes set school_id = null, updated_at = $4
      from (select classes.id, classes.school_id from classes where classes.tenant_id = $1 and ${missingSchool}) old
      where classes.tenant_id = $1 and classes.id = old.id
      returning 'GROUP_UPDATED' as action, classes.id as class_id, null::int as user_id, null::int as student_id,
        jsonb_build_object('schoolNumber', old.school_id) as metadata`,
  },
  {
    ...{ kind: 'TEST_SERIES_WITHOUT_CLASS', table: 'class_test_series', where: seriesWithoutClass },
    mend: endAssignments(seriesWithoutClass, 'TEST_SERIES_REMOVED'),
  },
  {
    ...{ kind: 'TEST_SERIES_MISSING', table: 'class_test_series', where: missingSeries },
    mend: endAssignments(missingSeries, 'TEST_SERIES_REMOVED'),
  },
  {
    ...{ kind: 'TEST_SERIES_TWICE', table: 'class_test_series', where: seriesTwice },
    mend: endAssignments(seriesTwice, 'GROUP_UPDATED'),
  },
  // A line that tells of a mended problem may well name what was missing. A super admin is no person of the tenant.
  {
    ...{ kind: 'LOG_WITHOUT_CLASS', table: 'activity_log' },
    where: `activity_log.mended is null and ${missingClass('activity_log')}`,
  },
  {
    ...{ kind: 'LOG_WITHOUT_USER', table: 'activity_log' },
    where: `activity_log.mended is null and ${missingPerson('activity_log.user_id')}
      and not (activity_log.user_id = activity_log.performed_by_id and activity_log.performer_tenant_id <> $1)`,
  },
  {
    ...{ kind: 'LOG_WITHOUT_PERFORMER', table: 'activity_log' },
    where: `activity_log.performer_tenant_id = $1 and ${missingPerson('activity_log.performed_by_id')}`,
  },
];

export interface FoundProblem {
  kind: string;
  table: string;
  count: number;
}

/** How many rows have each kind of problem; kinds without any are left out. */
export const selectProblems = (tx: Transaction): Promise<FoundProblem[]> =>
  tx.query(
    `select found.kind, found.table, found.count
     from (${problemKinds
       .map(
         ({ kind, table, where }, index) =>
           `select ${index} as ordinal, '${kind}' as kind, '${table}' as table, count(*)::float8 as count
            from ${table} where ${table}.tenant_id = $1 and ${where}`,
       )
       .join(' union all ')}) found
     where found.count > 0
     order by found.ordinal`,
    [tx.tenantId],
  );

/** Mends all that can be, each kind in its turn, and logs each row of it. */
export async function mendProblems(
  tx: Transaction,
  { performer, now }: { performer: Performer; now: Date },
): Promise<void> {
  for (const { kind, mend } of problemKinds) {
    if (!mend) continue;
    await tx.query(
      `with mended as (${mend})
       insert into activity_log (tenant_id, action, class_id, user_id, student_id, performed_by_id, performer_tenant_id,
         metadata, mended, created_at)
       select $1, mended.action, coalesce(mended.class_id, 0), coalesce(mended.user_id, $2), mended.student_id, $2, $3,
         mended.metadata || jsonb_build_object('mended', $5::text), $5, $4
       from mended`,
      [tx.tenantId, performer.personId, performer.tenantId, now, kind],
    );
  }
}

/** The classes of rows that mending changes the competency counts of. */
export async function selectTouchedClasses(tx: Transaction): Promise<number[]> {
  const rows = await tx.query<{ id: number }>(
    `select classes.id from classes
     where classes.tenant_id = $1 and exists (
       select from enrolments where enrolments.tenant_id = $1 and enrolments.class_id = classes.id
         and (${withoutPerson} or ${twice} or enrolments.enrolled_at is null))
     order by classes.id`,
    [tx.tenantId],
  );
  return rows.map(row => row.id);
}
