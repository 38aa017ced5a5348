import type { Transaction } from '../../shared/database/database';
import type { Period } from '../../shared/period';
import { contextIds } from '../rollup/context.queries';
import { filters, type Filter } from '../rollup/context-filter';
import type { Learners, Sums } from '../rollup/sums';

export interface LearnerSums {
  sums: Sums;
  learners: Learners;
}

/** The people of the tenant among these. */
export async function selectPeople(tx: Transaction, ids: readonly number[]): Promise<Set<number>> {
  const rows = await tx.query<{ id: number }>(
    `select people.id from people where people.tenant_id = $1 and people.id = any($2) and people.deleted_at is null`,
    [tx.tenantId, ids],
  );
  return new Set(rows.map(row => row.id));
}

/** The classes that people are students of now, or were active in on a day that is not `hidden`. */
export function selectClassesOf(
  tx: Transaction,
  { personIds, hidden }: { personIds: readonly number[]; hidden: readonly Period[] },
): Promise<{ personId: number; classId: number }[]> {
  const given: unknown[] = [tx.tenantId, personIds];
  return tx.query(
    `select enrolments.person_id as "personId", enrolments.class_id as "classId"
     from enrolments
     where enrolments.tenant_id = $1 and enrolments.person_id = any($2)
       and enrolments.type = 'STUDENT' and enrolments.status = 'ACTIVE'
     union
     select learner_days.person_id, learner_days.class_id
     from learner_days where learner_days.tenant_id = $1 and learner_days.person_id = any($2) ${without(hidden, given)}`,
    given,
  );
}

/** Of no day whose figures have expired. */
const without = (hidden: readonly Period[], given: unknown[]): string =>
  hidden
    .map(({ from, through }) => `and learner_days.day not between $${given.push(from)}::date and $${given.push(through)}::date`)
    .join(' ');

interface Asked {
  period: Period;
  /** Days whose figures have expired. */
  hidden: readonly Period[];
  filter: Filter;
}

/** Whose results, and in which classes: `everywhere` where the caller may see them all. */
export interface AskedStudent {
  personId: number;
  everywhere: boolean;
}

/** Each student's sums by the person's number; of those not shown everywhere, in the covered classes alone. */
export async function selectStudentSums(
  tx: Transaction,
  { students, covered, ...asked }: Asked & { students: readonly AskedStudent[]; covered: readonly number[] },
): Promise<Map<number, LearnerSums>> {
  const members = `
    select wanted.id as key, wanted.id as person_id, wanted.everywhere
    from unnest($4::int[], $5::boolean[]) wanted(id, everywhere)`;
  return selectSumsOf(tx, asked, {
    members,
    parameters: [students.map(one => one.personId), students.map(one => one.everywhere), covered],
    shown: '(member.everywhere or learner_days.class_id = any($6::int[]))',
  });
}

/** The sums of groups' students by the group's number, whatever class they were active in. */
export async function selectGroupSums(
  tx: Transaction,
  { groupIds, ...asked }: Asked & { groupIds: readonly number[] },
): Promise<Map<number, LearnerSums>> {
  const members = `
    select student_group_students.student_group_id as key, student_group_students.person_id
    from student_group_students
    join people on people.tenant_id = $1 and people.id = student_group_students.person_id
      and (people.deleted_at is null or people.erased_at is not null)
    where student_group_students.tenant_id = $1 and student_group_students.student_group_id = any($4)`;
  return selectSumsOf(tx, asked, { members, parameters: [groupIds], shown: 'true' });
}

/** `members`: whose learners' days are added up under which key; its parameters begin at $4. */
async function selectSumsOf(
  tx: Transaction,
  { period, hidden, filter }: Asked,
  { members, parameters, shown }: { members: string; parameters: unknown[]; shown: string },
): Promise<Map<number, LearnerSums>> {
  const given: unknown[] = [tx.tenantId, period.from, period.through, ...parameters];
  const context = filters(filter)
    ? `and learner_days.context_id in (${contextIds(filter, value => `$${given.push(value)}::text`)})`
    : '';
  const seen = without(hidden, given);
  const rows = await tx.query<Sums & Learners & { key: number }>(
    `select member.key, sum(fact.score_sum)::float8 as "scoreSum", sum(fact.attempts)::float8 as attempts,
       sum(fact.collection_seconds)::float8 as "collectionSeconds",
       sum(fact.assessment_seconds)::float8 as "assessmentSeconds",
       count(distinct member.person_id) filter (where fact.attempts > 0)::float8 as scored,
       count(distinct member.person_id) filter (where fact.collection_seconds + fact.assessment_seconds > 0)::float8 as timed
     from (${members}) member
     cross join lateral (
       select learner_days.score_sum, learner_days.attempts, learner_days.collection_seconds,
         learner_days.assessment_seconds
       from learner_days
       where learner_days.tenant_id = $1 and learner_days.person_id = member.person_id
         and learner_days.day >= $2::date and learner_days.day < $3::date + 1 and ${shown} ${seen} ${context}
       offset 0 -- looked up learner by learner, whatever the statistics say
     ) fact
     group by member.key`,
    given,
  );
  return new Map(rows.map(({ key, scored, timed, ...sums }) => [key, { sums, learners: { scored, timed } }]));
}
