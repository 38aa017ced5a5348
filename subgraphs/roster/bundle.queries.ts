import type { Transaction } from '../shared/database/database';
import {
  countWritten,
  lookUpDueRows,
  rejectContradictions,
  settleDueRows,
  type Merged,
} from '../shared/database/due-rows.queries';

/** How a bundle's rows, staged in temporary tables, come into this subgraph's: people, classes and enrolments. */

interface Load {
  /** The customer's id of the transaction's tenant. */
  tenant: string;
  now: Date;
}

export async function mergeUsers(tx: Transaction, { tenant, now }: Load): Promise<Merged> {
  await lookUpDueRows(
    tx,
    `select staged.line, staged.user_id, staged.login, string_to_array(staged.roles, '|') as roles,
       staged.given_name, staged.family_name, people.id as person_id,
       case when people.deleted_at is not null then
         format('user_id: expected a user who has not been erased; ''%s'' has', staged.user_id)
       end as reason
     from staged_users staged
     left join people on people.tenant_id = $1 and people.external_id = staged.user_id
     where staged.tenant = $2`,
    [tx.tenantId, tenant],
  );
  await rejectContradictions(tx, { key: ['user_id'], content: ['login', 'roles', 'given_name', 'family_name'] });
  // Whoever is rejected keeps the login they have, which can be the one that another row asks for.
  for (let rejected = -1; rejected !== 0; ) rejected = await rejectTakenLogins(tx);
  await freeLogins(tx);
  const changed = await countWritten(
    tx,
    `update people set login = due.login, roles = due.roles, given_name = due.given_name, family_name = due.family_name
     from due
     where people.tenant_id = $1 and people.id = due.person_id and due.reason is null
       and (people.login, people.roles, people.given_name, people.family_name)
         is distinct from (due.login, due.roles, due.given_name, due.family_name)
     returning people.id`,
    [tx.tenantId],
  );
  const added = await countWritten(
    tx,
    `insert into people (tenant_id, external_id, login, roles, given_name, family_name, created_at)
     select $1, due.user_id, due.login, due.roles, due.given_name, due.family_name, $2
     from due
     where due.reason is null and due.person_id is null
     order by due.line
     on conflict (tenant_id, external_id) do nothing
     returning people.id`,
    [tx.tenantId, now],
  );
  return settleDueRows(tx, { added, changed });
}

/** Of those who ask for the same login, whoever has it already, else the first; none where somebody else keeps it. */
const rejectTakenLogins = (tx: Transaction): Promise<number> =>
  countWritten(
    tx,
    `update due set reason = format('login: expected one that nobody else in this tenant has; '
       '''%s'' is that of the user ''%s''', due.login, holder.user_id)
     from (
       select asking.login, holder.user_id
       from (select lower(due.login) as login from due where due.reason is null
             group by 1 having count(distinct due.user_id) > 1) asking
       cross join lateral (
         select due.user_id from due
         left join people on people.tenant_id = $1 and people.id = due.person_id
         where lower(due.login) = asking.login and due.reason is null
         order by coalesce(lower(people.login) = asking.login, false) desc, due.line limit 1
       ) holder
       union all
       select lower(people.login), people.external_id
       from people
       where people.tenant_id = $1
         and not exists (select from due where due.person_id = people.id and due.reason is null)
     ) holder
     where due.reason is null and lower(due.login) = holder.login and due.user_id <> holder.user_id
     returning due.line`,
    [tx.tenantId],
  );

/** Two people may exchange their logins. Each is unique row by row, so what somebody else takes is given up first. */
const freeLogins = (tx: Transaction): Promise<unknown> =>
  tx.query(
    `update people set login = 'given up by ' || people.id || ' at ' || clock_timestamp()
     from due mine, due taker
     where people.tenant_id = $1 and mine.person_id = people.id and mine.reason is null
       and lower(mine.login) <> lower(people.login)
       and taker.reason is null and lower(taker.login) = lower(people.login)`,
    [tx.tenantId],
  );

export interface MergedClasses extends Merged {
  /** The hierarchies, by number, whose trees count a class that has become active or inactive. */
  recount: number[];
}

/** `lockTrees` is called before a class that counts in them is touched: the order in which everybody takes both. */
export async function mergeClasses(
  tx: Transaction,
  { tenant, now }: Load,
  lockTrees: (hierarchyIds: number[]) => Promise<void>,
): Promise<MergedClasses> {
  await lookUpDueRows(
    tx,
    `select staged.line, staged.class_id, staged.name, staged.code, staged.grade, staged.subject,
       staged.active::boolean as active, school.id as school_id,
       case when school.id is null and staged.school_id is not null then
         format('school_id: expected a school of this tenant; there is no ''%s''', staged.school_id)
       end as reason
     from staged_classes staged
     left join groups school
       on school.tenant_id = $1 and school.type = 'school' and school.external_id = staged.school_id
     where staged.tenant = $2`,
    [tx.tenantId, tenant],
  );
  await rejectContradictions(tx, {
    key: ['class_id'],
    content: ['name', 'code', 'grade', 'subject', 'active', 'school_id'],
  });
  const recount = await tx.query<{ id: number }>(
    `select distinct class_placements.hierarchy_id as id
     from due
     join classes on classes.tenant_id = $1 and classes.external_id = due.class_id and classes.active <> due.active
     join class_placements on class_placements.tenant_id = $1 and class_placements.class_id = classes.id
     where due.reason is null
     order by 1`,
    [tx.tenantId],
  );
  await lockTrees(recount.map(row => row.id));
  const changed = await countWritten(
    tx,
    `update classes set name = due.name, code = due.code, grade = due.grade, subject = due.subject,
       school_id = due.school_id, active = due.active, updated_at = $2
     from due
     where classes.tenant_id = $1 and classes.external_id = due.class_id and due.reason is null
       and (classes.name, classes.code, classes.grade, classes.subject, classes.school_id, classes.active)
         is distinct from (due.name, due.code, due.grade, due.subject, due.school_id, due.active)
     returning classes.id`,
    [tx.tenantId, now],
  );
  const added = await countWritten(
    tx,
    `insert into classes (tenant_id, external_id, name, code, grade, subject, school_id, active, created_at, updated_at)
     select $1, due.class_id, due.name, due.code, due.grade, due.subject, due.school_id, due.active, $2, $2
     from due
     where due.reason is null
       and not exists (select from classes where classes.tenant_id = $1 and classes.external_id = due.class_id)
     order by due.line
     on conflict do nothing
     returning classes.id`,
    [tx.tenantId, now],
  );
  return { ...(await settleDueRows(tx, { added, changed })), recount: recount.map(row => row.id) };
}

/** A day means its start in the tenant's time zone. */
const momentOf = (column: string): string =>
  `case when length(${column}) = 10 then ${column}::date::timestamp at time zone settings.time_zone
        else ${column}::timestamptz end`;

export async function mergeEnrolments(tx: Transaction, { tenant, now }: Load): Promise<Merged> {
  await lookUpDueRows(
    tx,
    `select staged.line, classes.id as class_id, people.id as person_id, staged.type, staged.status, at.enrolled_at,
       case when staged.status <> 'ACTIVE' then coalesce(ended.at, greatest($3, at.enrolled_at)) end as ended_at,
       staged.ended_at is not null as end_given,
       case
         when classes.id is null then
           format('class_id: expected a class of this tenant; there is no ''%s''', staged.class_id)
         when people.id is null then
           format('user_id: expected a user of this tenant; there is no ''%s''', staged.user_id)
         when ended.at < at.enrolled_at then
           format('ended_at: expected no moment before enrolled_at (%s); %s came', staged.enrolled_at, staged.ended_at)
       end as reason
     from staged_enrolments staged
     join tenant_settings settings on settings.tenant_id = $1
     cross join lateral (
       select ${momentOf('staged.enrolled_at')} as enrolled_at, ${momentOf('staged.ended_at')} as ended_at
     ) at
     cross join lateral (
       -- A day, if it is the one on which the enrolment began, is not before it: the enrolment is of no day.
       select case when length(staged.ended_at) = 10
           and staged.ended_at::date = (at.enrolled_at at time zone settings.time_zone)::date
         then at.enrolled_at else at.ended_at end as at
     ) ended
     left join classes on classes.tenant_id = $1 and classes.external_id = staged.class_id
     left join people on people.tenant_id = $1 and people.external_id = staged.user_id and people.deleted_at is null
     where staged.tenant = $2`,
    [tx.tenantId, tenant, now],
  );
  await rejectContradictions(tx, {
    key: ['class_id', 'person_id', 'type'],
    content: ['status', 'enrolled_at', 'ended_at'],
  });
  const changed = await countWritten(
    tx,
    // Without a day of its own, an enrolment that has ended before ended then, and not on the day of this load.
    `update enrolments set status = wanted.status, enrolled_at = wanted.enrolled_at, ended_at = wanted.ended_at
     from (
       select due.class_id, due.person_id, due.type, due.status, due.enrolled_at,
         case when not due.end_given and due.status <> 'ACTIVE' and known.ended_at >= due.enrolled_at
           then known.ended_at else due.ended_at end as ended_at
       from due
       join enrolments known on known.tenant_id = $1 and known.class_id = due.class_id
         and known.person_id = due.person_id and known.type = due.type
       where due.reason is null
     ) wanted
     where enrolments.tenant_id = $1 and enrolments.class_id = wanted.class_id
       and enrolments.person_id = wanted.person_id and enrolments.type = wanted.type
       and (enrolments.status, enrolments.enrolled_at, enrolments.ended_at)
         is distinct from (wanted.status, wanted.enrolled_at, wanted.ended_at)
     returning enrolments.class_id`,
    [tx.tenantId],
  );
  const added = await countWritten(
    tx,
    `insert into enrolments (tenant_id, class_id, person_id, type, status, enrolled_at, ended_at)
     select $1, due.class_id, due.person_id, due.type, due.status, due.enrolled_at, due.ended_at
     from due
     where due.reason is null and not exists (select from enrolments known
       where known.tenant_id = $1 and known.class_id = due.class_id and known.person_id = due.person_id
         and known.type = due.type)
     order by due.class_id, due.person_id, due.type
     on conflict do nothing
     returning enrolments.class_id`,
    [tx.tenantId],
  );
  return settleDueRows(tx, { added, changed });
}
