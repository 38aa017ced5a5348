import { memberClasses, type Node, type View } from '../../hierarchy/published';
import type { Transaction } from '../../shared/database/database';
import type { ActionName, LogEntry, Performer } from './log-entry';

export interface LogRow {
  /** A bigint; as text. */
  id: string;
  action: ActionName;
  classId: number;
  userId: number;
  studentId: number | null;
  performedById: number;
  metadata: unknown;
  createdAt: Date;
}

/** Adds lines to the log, in their order. Without a user, a line is about what its performer did to the class. */
export const insertLog = (
  tx: Transaction,
  { entries, performer, now }: { entries: readonly LogEntry[]; performer: Performer; now: Date },
): Promise<unknown> =>
  tx.query(
    `insert into activity_log
       (tenant_id, action, class_id, user_id, student_id, performed_by_id, performer_tenant_id, metadata, created_at)
     select $1, entry.line ->> 'action', (entry.line ->> 'classId')::int,
       coalesce((entry.line ->> 'userId')::int, $3), (entry.line ->> 'studentId')::int, $3, $4,
       entry.line -> 'metadata', $5
     from jsonb_array_elements($2::jsonb) with ordinality entry(line, ordinal)
     order by entry.ordinal`,
    [tx.tenantId, JSON.stringify(entries), performer.personId, performer.tenantId, now],
  );

/** SQL that selects `class_id`, with $1 for the tenant and its own parameters from $2 on. */
export interface SeenClasses {
  sql: string;
  parameters: unknown[];
}

/** The classes below a scope, and those where its person is an active teacher, inactive ones too. */
export function seenClasses({
  scope,
  view,
  teacher,
}: {
  scope: Node | null;
  view: View;
  teacher: number | null;
}): SeenClasses {
  const below = memberClasses({ nodes: scope ? [scope] : [], view }, 2);
  const own = `
    union all
    select null, enrolments.class_id from enrolments
    where enrolments.tenant_id = $1 and enrolments.person_id = $${2 + below.parameters.length}::int
      and enrolments.type = 'TEACHER' and enrolments.status = 'ACTIVE'`;
  return teacher === null ? below : { sql: below.sql + own, parameters: [...below.parameters, teacher] };
}

export interface LogFilter {
  classId: number | null;
  studentId: number | null;
  performedById: number | null;
  actions: readonly string[] | null;
  since: Date | null;
  /** The classes that the reader sees; null for all. */
  seen: SeenClasses | null;
}

/** Only what is asked for stands in the statement: whatever it is, an index leads to its newest lines. */
function conditionOf(tx: Transaction, { seen, ...filter }: LogFilter) {
  const parameters: unknown[] = [tx.tenantId, ...(seen?.parameters ?? [])];
  const add = (value: unknown, type: string): string => `$${parameters.push(value)}::${type}`;
  const conditions = ['activity_log.tenant_id = $1'];
  if (seen) conditions.push(`activity_log.class_id in (select seen.class_id from (${seen.sql}) seen)`);
  if (filter.classId !== null) conditions.push(`activity_log.class_id = ${add(filter.classId, 'int')}`);
  if (filter.studentId !== null) conditions.push(`activity_log.student_id = ${add(filter.studentId, 'int')}`);
  if (filter.performedById !== null)
    conditions.push(`activity_log.performed_by_id = ${add(filter.performedById, 'int')}`);
  if (filter.actions !== null) conditions.push(`activity_log.action = any(${add(filter.actions, 'text[]')})`);
  if (filter.since !== null) conditions.push(`activity_log.created_at >= ${add(filter.since, 'timestamptz')}`);
  return { conditions, parameters, add };
}

/** Newest first, ties by id; those after a line when one is given. */
export function selectLog(
  tx: Transaction,
  { filter, first, after }: { filter: LogFilter; first: number; after: { createdAt: string; id: string } | null },
): Promise<LogRow[]> {
  const { conditions, parameters, add } = conditionOf(tx, filter);
  if (after) {
    const last = `(${add(after.createdAt, 'timestamptz')}, ${add(after.id, 'bigint')})`;
    conditions.push(`(activity_log.created_at, activity_log.id) < ${last}`);
  }
  return tx.query(
    `select activity_log.id, activity_log.action, activity_log.class_id as "classId", activity_log.user_id as "userId",
       activity_log.student_id as "studentId", activity_log.performed_by_id as "performedById", activity_log.metadata,
       activity_log.created_at as "createdAt"
     from activity_log
     where ${conditions.join(' and ')}
     order by activity_log.created_at desc, activity_log.id desc
     limit ${add(first, 'int')}`,
    parameters,
  );
}

export async function countLog(tx: Transaction, filter: LogFilter): Promise<number> {
  const { conditions, parameters } = conditionOf(tx, filter);
  const [row] = await tx.query<{ lines: number }>(
    `select count(*)::float8 as lines from activity_log where ${conditions.join(' and ')}`,
    parameters,
  );
  return row!.lines;
}

/** Which of these there are, or have been: a line of the log outlives whom it names. */
export async function selectKnown(
  tx: Transaction,
  ids: { classId: number | null; studentId: number | null; performedById: number | null },
): Promise<{ class: boolean; student: boolean; performer: boolean }> {
  const [row] = await tx.query<{ class: boolean; student: boolean; performer: boolean }>(
    `select
       exists (select from classes where classes.tenant_id = $1 and classes.id = $2)
         or exists (select from activity_log where activity_log.tenant_id = $1 and activity_log.class_id = $2) as class,
       exists (select from people where people.tenant_id = $1 and people.id = $3)
         or exists (select from activity_log where activity_log.tenant_id = $1 and activity_log.student_id = $3)
         as student,
       exists (select from people where people.tenant_id = $1 and people.id = $4)
         or exists (select from activity_log where activity_log.tenant_id = $1 and activity_log.performed_by_id = $4)
         as performer`,
    [tx.tenantId, ids.classId, ids.studentId, ids.performedById],
  );
  return row!;
}
