import { memberClasses, type Node, type View } from '../../hierarchy/published';
import type { Caller } from '../../shared/access/caller';
import type { Transaction } from '../../shared/database/database';

/**
 * Distinct students with an active enrolment, begun by today in the tenant's time zone, in an active class at or below
 * each node. A node without students has no row.
 *
 * The students of a class are a lookup by key (`offset 0` keeps it one). A join would be left to the planner, who knows
 * nothing of a tenant that was just loaded, and then compares every class with every enrolment.
 */
export function selectStudentCounts(
  tx: Transaction,
  { now, ...members }: { nodes: readonly Node[]; view: View; caller: Caller; now: Date },
): Promise<{ id: string; students: number }[]> {
  const below = memberClasses(members, 3);
  return tx.query(
    `with asked as (
       select tenant_settings.time_zone, ($2::timestamptz at time zone tenant_settings.time_zone)::date as today
       from tenant_settings where tenant_settings.tenant_id = $1
     ),
     member as (${below.sql}),
     student as (
       select distinct member.key, enrolled.person_id
       from member
       cross join lateral (
         select enrolments.person_id
         from classes
         join enrolments on enrolments.tenant_id = $1 and enrolments.class_id = classes.id
           and enrolments.type = 'STUDENT' and enrolments.status = 'ACTIVE'
         cross join asked
         where classes.tenant_id = $1 and classes.id = member.class_id and classes.active
           and (enrolments.enrolled_at at time zone asked.time_zone)::date <= asked.today
         offset 0
       ) enrolled
     )
     select student.key as id, count(*)::float8 as students from student group by student.key`,
    [tx.tenantId, now, ...below.parameters],
  );
}
