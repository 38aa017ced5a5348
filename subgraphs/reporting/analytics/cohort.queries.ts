import type { Period } from '../../shared/period';
import type { Statement } from '../rollup/owners.queries';

/** Whose figures: of people, each everywhere or in their `classes` alone; or of the students of sets of classes. */
export type Cohort =
  | { of: 'people'; people: readonly { personId: number; everywhere: boolean; classes: readonly number[] }[] }
  /** `sql` has the columns `key` and `class_id`, and parameters that begin at $first. `whole`: all classes there are. */
  | { of: 'classes'; members: (first: number) => { sql: string; parameters: unknown[] }; whole: boolean };

/** The students of classes under a name; a class may stand under several. */
export const listedClasses = (pairs: readonly (readonly [key: string, classId: number])[]): Cohort => ({
  of: 'classes',
  whole: false,
  members: first => ({
    sql: `select listed.key, listed.class_id from unnest($${first}::text[], $${first + 1}::int[]) listed(key, class_id)`,
    parameters: [pairs.map(([key]) => key), pairs.map(([, classId]) => classId)],
  }),
});

const covers = (table: string, day: string): string => `${table}.from_day <= ${day} and ${table}.before_day > ${day}`;

/** Who was in which active class on each window's last day. */
function heldBy(cohort: Cohort, statement: Statement): string {
  const columns = `asked.index, asked.first, asked.last, span.class_id, span.from_day as since, term.grade, term.subject`;
  const term = `
    cross join lateral (
      select class_terms.grade, class_terms.subject from class_terms
      where class_terms.tenant_id = $1 and class_terms.class_id = span.class_id and class_terms.active
        and ${covers('class_terms', 'asked.last')}
      offset 0 -- looked up by key, whatever the statistics say; so everywhere below
    ) term`;
  if (cohort.of === 'people') {
    // Person by person: what is shown of one must not depend on who is asked about beside them.
    const shown = cohort.people.flatMap(({ personId, classes }) => classes.map(of => [personId, of] as const));
    return `
      wanted as materialized (
        select wanted.person_id, wanted.everywhere
        from unnest(${statement.add(cohort.people.map(one => one.personId), 'int[]')},
                    ${statement.add(cohort.people.map(one => one.everywhere), 'boolean[]')}) wanted(person_id, everywhere)
      ),
      member as materialized (
        select shown.person_id::text as key, shown.class_id
        from unnest(${statement.add(shown.map(([person]) => person), 'int[]')},
                    ${statement.add(shown.map(([, klass]) => klass), 'int[]')}) shown(person_id, class_id)
      ),
      held as (
        select wanted.person_id::text as key, wanted.person_id, ${columns}
        from asked
        cross join wanted
        cross join lateral (
          select enrolment_spans.class_id, enrolment_spans.from_day from enrolment_spans
          where enrolment_spans.tenant_id = $1 and enrolment_spans.person_id = wanted.person_id
            and ${covers('enrolment_spans', 'asked.last')}
            and (wanted.everywhere
              or (wanted.person_id::text, enrolment_spans.class_id) in (select member.key, member.class_id from member))
          offset 0
        ) span
        ${term}
      )`;
  }
  const members = cohort.members(statement.parameters.length + 1);
  statement.parameters.push(...members.parameters);
  return `
    member as materialized (select distinct listed.key, listed.class_id from (${members.sql}) listed),
    held as (
      select member.key, span.person_id, ${columns}
      from asked
      cross join member
      cross join lateral (
        select enrolment_spans.class_id, enrolment_spans.person_id, enrolment_spans.from_day from enrolment_spans
        where enrolment_spans.tenant_id = $1 and enrolment_spans.class_id = member.class_id
          and ${covers('enrolment_spans', 'asked.last')}
        offset 0
      ) span
      ${term}
      cross join lateral (
        select from people
        where people.tenant_id = $1 and people.id = span.person_id and people.deleted_at is null
        offset 0
      ) person
    )`;
}

const learners = (cohort: Cohort): string => {
  const made = `array_agg(distinct json_build_array(held.grade, held.subject)::text)
    filter (where held.grade is not null)`;
  if (cohort.of === 'people') {
    return `
      select wanted.person_id::text as key, asked.index, asked.first, asked.last, wanted.person_id,
        wanted.everywhere, min(held.since) as since, coalesce(${made}, '{}') as profiles
      from asked
      cross join wanted
      left join held on held.index = asked.index and held.person_id = wanted.person_id
      group by asked.index, asked.first, asked.last, wanted.person_id, wanted.everywhere`;
  }
  return `
    select held.key, held.index, held.first, held.last, held.person_id, ${cohort.whole} as everywhere,
      min(held.since) as since, coalesce(${made}, '{}') as profiles
    from held
    group by held.key, held.index, held.first, held.last, held.person_id`;
};

/** The CTEs `asked` (index, first, last) and `held`: who was in which of the classes on each window's last day. */
export const heldRows = (cohort: Cohort, windows: readonly Period[], statement: Statement): string => `
  asked as materialized (
    select asked.index::int - 1 as index, asked.first, asked.last
    from unnest(${statement.add(windows.map(({ from }) => from), 'date[]')},
                ${statement.add(windows.map(({ through }) => through), 'date[]')})
      with ordinality asked(first, last, index)
  ),
  ${heldBy(cohort, statement)}`;

/**
 * The CTEs `learner` (key, index, first, last, person_id, everywhere, since, profiles: what the learner's classes of the
 * window's last day are of) and `expecting` (index, profiles, and the competencies that these expect on that day).
 * $1 is the tenant.
 */
export const learnersOf = (cohort: Cohort, windows: readonly Period[], statement: Statement): string => `
  ${heldRows(cohort, windows, statement)},
  learner as materialized (${learners(cohort)}),
  expecting as materialized (
    select profile_set.index, profile_set.profiles, array(
      select distinct competency_terms.competency_id
      from unnest(profile_set.profiles) profile(words)
      join competency_terms on competency_terms.tenant_id = $1
        and ${covers('competency_terms', 'profile_set.last')}
        and competency_terms.grade = profile.words::json ->> 0
        and coalesce(competency_terms.subject = profile.words::json ->> 1, profile.words::json ->> 1 is null)
    ) as competencies
    from (select distinct learner.index, learner.last, learner.profiles from learner) profile_set
  )`;
