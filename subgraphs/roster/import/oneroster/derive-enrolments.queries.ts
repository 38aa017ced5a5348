import type { Transaction } from '../../../shared/database/database';
import { dayOf } from './derive-users.queries';
import { noteDue } from './records.queries';

/**
 * What the records say of each class, user and type together, in the temporary table oneroster_enrolments: somebody is
 * enrolled once, however many records say so. Enrolled is who has a record that has not ended, in a class and of a user
 * that have not: from the earliest first day on, or, where none is told, from the first day of the class's terms.
 */
async function combineEnrolments(tx: Transaction, now: Date): Promise<void> {
  await tx.query(
    `create temporary table oneroster_enrolments on commit drop as
     with today as (${dayOf('$2')}),
     term as (
       select class.sourced_id as class_id, min(session.fields->>'begin') as begin
       from gathered_records class
       cross join lateral unnest(string_to_array(class.fields->>'terms', ',')) named(id)
       join gathered_records session
         on session.tenant_id = $1 and session.kind = 'academicSessions' and session.sourced_id = named.id
       where class.tenant_id = $1 and class.kind = 'classes' and not session.ended
       group by class.sourced_id
     ),
     said as (
       select record.sourced_id, record.fields->>'class' as class_id, record.fields->>'user' as user_id,
         record.fields->>'type' as type,
         not record.ended and not coalesce(class.ended, false) and not coalesce(person.ended, false)
           and coalesce(record.fields->>'end' > today.day, true) as active,
         coalesce(record.fields->>'begin', least(term.begin, record.fields->>'end')) as begin,
         case when record.fields->>'end' <= today.day then record.fields->>'end' end as end
       from gathered_records record
       cross join today
       left join gathered_records class
         on class.tenant_id = $1 and class.kind = 'classes' and class.sourced_id = record.fields->>'class'
       left join gathered_records person
         on person.tenant_id = $1 and person.kind = 'users' and person.sourced_id = record.fields->>'user'
       left join term on term.class_id = record.fields->>'class'
       where record.tenant_id = $1 and record.kind = 'enrollments' and record.fields->>'type' is not null
     )
     -- Of several that are active the earliest, else the one that ended last.
     select distinct on (said.class_id, said.user_id, said.type) said.class_id, said.user_id, said.type,
       jsonb_build_object('ended', not said.active, 'class', said.class_id, 'user', said.user_id, 'type', said.type,
         'begin', said.begin, 'end', case when not said.active then said.end end) as content
     from said
     order by said.class_id, said.user_id, said.type, said.active desc,
       case when said.active then said.begin end, said.end desc nulls first, said.begin desc, said.sourced_id`,
    [tx.tenantId, now],
  );
  await tx.query('analyze oneroster_enrolments');
}

export async function noteDueEnrolments(tx: Transaction, now: Date): Promise<void> {
  await combineEnrolments(tx, now);
  await noteDue(tx, {
    kind: 'enrollments',
    derived: `
      select record.sourced_id, null::jsonb as more, false as more_differs,
        coalesce(combined.content, jsonb_build_object('ended', record.ended)) as content
      from gathered_records record
      left join oneroster_enrolments combined on combined.class_id = record.fields->>'class'
        and combined.user_id = record.fields->>'user' and combined.type = record.fields->>'type'
      where record.tenant_id = $1 and record.kind = 'enrollments'`,
  });
  // A record that is about another class, user or type now leaves behind what it made before.
  await tx.query(
    `insert into oneroster_due (kind, content, differs)
     select distinct 'enrollments', due.applied || '{"ended": true, "end": null}', true
     from oneroster_due due
     where due.kind = 'enrollments' and due.applied->>'class' is not null and not (due.applied->>'ended')::boolean
       and not exists (select from oneroster_enrolments combined where combined.class_id = due.applied->>'class'
         and combined.user_id = due.applied->>'user' and combined.type = due.applied->>'type')`,
  );
}

/** Classes and people must have been merged. Until what an enrolment names has come, it waits among the records. */
export async function rejectEnrolmentsOfNothing(tx: Transaction): Promise<void> {
  await tx.query(
    `update oneroster_due due
     set reason = case
       when classes.id is null then
         format('classSourcedId: expected a class of this bundle or of an earlier one; there is no ''%s''',
           wanted.content->>'class')
       else format('userSourcedId: expected a user of this bundle or of an earlier one; there is no ''%s''',
         wanted.content->>'user') end
     from oneroster_due wanted
     left join classes on classes.tenant_id = $1 and classes.external_id = wanted.content->>'class'
     left join people on people.tenant_id = $1 and people.external_id = wanted.content->>'user'
       and people.deleted_at is null
     where due.n = wanted.n and wanted.kind = 'enrollments' and wanted.content->>'class' is not null
       and (classes.id is null or people.id is null)`,
    [tx.tenantId],
  );
}

/** One row for each class, user and type. What is over and never was here is not made. */
export async function stageEnrolments(
  tx: Transaction,
  { tenant, now }: { tenant: string; now: Date },
): Promise<void> {
  await tx.query(
    `insert into staged_enrolments (line, tenant, class_id, user_id, type, status, enrolled_at, ended_at)
     select due.n, $2, due.content->>'class', due.content->>'user', due.content->>'type',
       case when (due.content->>'ended')::boolean then 'WITHDRAWN' else 'ACTIVE' end,
       coalesce(due.content->>'begin', known.enrolled_at::text,
         least(due.content->>'end', to_char($3::timestamptz at time zone settings.time_zone, 'YYYY-MM-DD'))),
       due.content->>'end'
     from (
       select distinct on (due.content->>'class', due.content->>'user', due.content->>'type') due.*
       from oneroster_due due
       where due.kind = 'enrollments' and due.content->>'class' is not null and due.reason is null
       order by due.content->>'class', due.content->>'user', due.content->>'type', due.n
     ) due
     join tenant_settings settings on settings.tenant_id = $1
     join classes on classes.tenant_id = $1 and classes.external_id = due.content->>'class'
     join people on people.tenant_id = $1 and people.external_id = due.content->>'user'
     left join enrolments known on known.tenant_id = $1 and known.class_id = classes.id
       and known.person_id = people.id and known.type = due.content->>'type'
     where known.class_id is not null or not (due.content->>'ended')::boolean or due.content->>'end' is not null`,
    [tx.tenantId, tenant, now],
  );
  await tx.query('analyze staged_enrolments');
}

/** As noteRejected says, but of every record that says the same. */
export async function noteRejectedEnrolments(tx: Transaction): Promise<void> {
  await tx.query(
    `update oneroster_due set reason = due.reason
     from due
     join oneroster_due first on first.n = due.line
     where due.reason is not null and oneroster_due.kind = 'enrollments' and oneroster_due.content = first.content`,
  );
}

/** Classes, by number, with staged enrolments that are not there like that yet. */
export async function selectClassesToEnrolIn(tx: Transaction): Promise<number[]> {
  const rows = await tx.query<{ id: number }>(
    `select distinct classes.id
     from staged_enrolments staged
     join classes on classes.tenant_id = $1 and classes.external_id = staged.class_id
     join people on people.tenant_id = $1 and people.external_id = staged.user_id
     join tenant_settings settings on settings.tenant_id = $1
     left join enrolments known on known.tenant_id = $1 and known.class_id = classes.id
       and known.person_id = people.id and known.type = staged.type
     where known.status is distinct from staged.status
       or known.enrolled_at <> case when length(staged.enrolled_at) = 10
         then staged.enrolled_at::date::timestamp at time zone settings.time_zone
         else staged.enrolled_at::timestamptz end
       or staged.ended_at is not null
         and known.ended_at is distinct from staged.ended_at::date::timestamp at time zone settings.time_zone
     order by classes.id`,
    [tx.tenantId],
  );
  return rows.map(row => row.id);
}
