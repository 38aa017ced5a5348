import { memberClasses, type Node, type View } from '../../hierarchy/published';
import type { Caller } from '../../shared/access/caller';
import type { Transaction } from '../../shared/database/database';
import type { Day } from '../../shared/period';

export interface StatusCounts {
  completed: number;
  inferred: number;
  inProgress: number;
  notStarted: number;
}

export interface CountsQuestion {
  nodes: readonly Node[];
  view: View;
  caller: Caller;
  /** Null for the day of `now` in the tenant's time zone. */
  asOf: Day | null;
  now: Date;
  /** Of the competency itself, as is the framework; null for any. */
  subject: string | null;
  framework: string | null;
}

/**
 * How many expected triples (class, student, competency) at or below each node stand at which status at the end of a
 * day. Only statuses are looked at one by one: what is not begun is students × competencies, less what is. Each class
 * is counted once, however many of the nodes it is below: `keys` names them. A node that expects nothing has no row.
 *
 * Each step hands its rows to a lookup by key (`offset 0` keeps it one). Joins would be left to the planner, who knows
 * nothing of a tenant that was just loaded, and then compares every student with every status.
 */
export function selectCompetencyCounts(
  tx: Transaction,
  { asOf, now, subject, framework, ...members }: CountsQuestion,
): Promise<({ id: string } & StatusCounts)[]> {
  const below = memberClasses(members, 6);
  return tx.query(
    `with asked as (
       select tenant_settings.time_zone,
         coalesce($2::date, ($3::timestamptz at time zone tenant_settings.time_zone)::date) as day
       from tenant_settings where tenant_settings.tenant_id = $1
     ),
     member as (${below.sql}),
     class as (
       select member.class_id, string_agg(member.key, ' ') as keys from member group by member.class_id
     ),
     -- Classes of the same grade and subject expect the same competencies.
     profile as (
       select graded.grade, graded.subject, array_agg(class.class_id) as class_ids, array_agg(class.keys) as keys
       from class
       cross join lateral (
         select classes.grade, classes.subject from classes
         where classes.tenant_id = $1 and classes.id = class.class_id and classes.active and classes.grade is not null
         offset 0
       ) graded
       group by graded.grade, graded.subject
     ),
     expecting as (
       select unnest(profile.class_ids) as class_id, unnest(profile.keys) as keys, expected.competency_ids
       from profile
       cross join lateral (
         select array_agg(competencies.id) as competency_ids
         from competencies
         join frameworks on frameworks.tenant_id = $1 and frameworks.id = competencies.framework_id
         where competencies.tenant_id = $1 and competencies.grade = profile.grade
           and (profile.subject is null or competencies.subject = profile.subject)
           and ($4::text is null or competencies.subject = $4) and ($5::text is null or frameworks.name = $5)
       ) expected
       where expected.competency_ids is not null
     ),
     enrolled as (
       select expecting.keys, expecting.competency_ids, student.person_id
       from expecting
       cross join lateral (
         select enrolments.person_id
         from enrolments
         cross join asked
         where enrolments.tenant_id = $1 and enrolments.class_id = expecting.class_id and enrolments.type = 'STUDENT'
           and (enrolments.enrolled_at at time zone asked.time_zone)::date <= asked.day
           and (enrolments.ended_at is null or (enrolments.ended_at at time zone asked.time_zone)::date > asked.day)
         offset 0
       ) student
     ),
     counted as (
       select enrolled.keys, sum(cardinality(enrolled.competency_ids)) as triples,
         sum(begun.in_progress) as in_progress, sum(begun.inferred) as inferred, sum(begun.completed) as completed
       from enrolled
       cross join lateral (
         select count(*) filter (where latest.status = 1) as in_progress,
           count(*) filter (where latest.status = 2) as inferred,
           count(*) filter (where latest.status = 3) as completed
         from (
           select distinct on (competency_statuses.competency_id) competency_statuses.status
           from competency_statuses
           where competency_statuses.tenant_id = $1 and competency_statuses.person_id = enrolled.person_id
             and competency_statuses.day <= (select asked.day from asked)
             and competency_statuses.competency_id = any(enrolled.competency_ids)
           order by competency_statuses.competency_id, competency_statuses.day desc
         ) latest
       ) begun
       group by enrolled.keys
     )
     select node.key as id, sum(counted.completed)::float8 as completed, sum(counted.inferred)::float8 as inferred,
       sum(counted.in_progress)::float8 as "inProgress",
       sum(counted.triples - counted.completed - counted.inferred - counted.in_progress)::float8 as "notStarted"
     from counted
     cross join lateral unnest(string_to_array(counted.keys, ' ')) node(key)
     group by node.key`,
    [tx.tenantId, asOf, now, subject, framework, ...below.parameters],
  );
}
