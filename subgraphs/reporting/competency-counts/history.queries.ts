import type { Transaction } from '../../shared/database/database';

/** The roster's and the frameworks' history, by day of the tenant's time zone when each change was noted. */

/** $1 is the tenant, `now` a parameter. */
const today = (now: string): string =>
  `(select (${now}::timestamptz at time zone tenant_settings.time_zone)::date
    from tenant_settings where tenant_settings.tenant_id = $1)`;

/**
 * Notes what became of the grade, subject and activity of classes: from today on, or from the beginning where a class
 * was not known before. Without a list, of every class. Returns the classes that changed.
 */
export async function noteClassTerms(tx: Transaction, now: Date, classes: readonly number[] | null): Promise<number[]> {
  const rows = await tx.query<{ class_id: number }>(
    `with changed as materialized (
       select classes.id, classes.grade, classes.subject, classes.active, ${today('$2')} as today, known.from_day
       from classes
       left join class_terms known on known.tenant_id = $1
         and known.class_id = classes.id and known.before_day = 'infinity'
       where classes.tenant_id = $1 and ($3::int[] is null or classes.id = any($3))
         and (known.class_id is null
           or (known.grade, known.subject, known.active) is distinct from (classes.grade, classes.subject, classes.active))
     ),
     closed as (
       update class_terms set before_day = changed.today from changed
       where class_terms.tenant_id = $1 and class_terms.class_id = changed.id
         and class_terms.before_day = 'infinity' and class_terms.from_day < changed.today
     )
     insert into class_terms (tenant_id, class_id, from_day, before_day, grade, subject, active)
     select $1, changed.id, coalesce(greatest(changed.today, changed.from_day), '-infinity'), 'infinity',
       changed.grade, changed.subject, changed.active
     from (
       select changed.id, changed.grade, changed.subject, changed.active, changed.from_day,
         case when changed.from_day is not null then changed.today end as today
       from changed
     ) changed
     order by changed.id
     on conflict (tenant_id, class_id, from_day) do update set
       grade = excluded.grade, subject = excluded.subject, active = excluded.active
     returning class_terms.class_id`,
    [tx.tenantId, now, classes],
  );
  return rows.map(row => row.class_id);
}

/**
 * Notes what became of the students of classes. Who comes back has a span of their own, from the day of enrolment or,
 * where that was not changed, from today; moments of a known span that were set right set its days right. Without a
 * list, of every class. Returns the classes whose students changed.
 */
export async function noteEnrolments(tx: Transaction, now: Date, classes: readonly number[] | null): Promise<number[]> {
  const rows = await tx.query<{ class_id: number }>(
    `with wanted as materialized (
       select enrolments.class_id, enrolments.person_id, enrolments.enrolled_at, enrolments.ended_at,
         (enrolments.enrolled_at at time zone tenant_settings.time_zone)::date as first,
         coalesce((enrolments.ended_at at time zone tenant_settings.time_zone)::date, 'infinity') as before,
         ($2::timestamptz at time zone tenant_settings.time_zone)::date as today,
         last.from_day, last.before_day, last.enrolled_at as known_from, last.ended_at as known_end
       from tenant_settings
       join enrolments on enrolments.tenant_id = $1 and enrolments.type = 'STUDENT'
         and ($3::int[] is null or enrolments.class_id = any($3))
       left join lateral (
         select enrolment_spans.from_day, enrolment_spans.before_day, enrolment_spans.enrolled_at, enrolment_spans.ended_at
         from enrolment_spans
         where enrolment_spans.tenant_id = $1 and enrolment_spans.class_id = enrolments.class_id
           and enrolment_spans.person_id = enrolments.person_id
         order by enrolment_spans.from_day desc limit 1
       ) last on true
       where tenant_settings.tenant_id = $1
         and (last.from_day is null
           or (last.enrolled_at, last.ended_at) is distinct from (enrolments.enrolled_at, enrolments.ended_at))
     ),
     -- A span that has ended, and the person is there again: or was again, later than that.
     judged as (
       select wanted.*,
         greatest(case when wanted.enrolled_at = wanted.known_from then wanted.today else wanted.first end,
           wanted.before_day) as again_from,
         coalesce(wanted.before_day < 'infinity' and (wanted.ended_at is null
           or (wanted.enrolled_at <> wanted.known_from and wanted.first >= wanted.before_day)), false) as is_again
       from wanted
     ),
     mended as (
       update enrolment_spans set enrolled_at = judged.enrolled_at, ended_at = judged.ended_at,
         from_day = mended.from_day,
         before_day = case when judged.ended_at = judged.known_end then greatest(mended.from_day, judged.before_day)
           else greatest(mended.from_day, judged.before) end
       from judged
       cross join lateral (
         select case when judged.is_again or judged.enrolled_at = judged.known_from then judged.from_day
           else greatest(judged.first, (
             select max(earlier.before_day) from enrolment_spans earlier
             where earlier.tenant_id = $1 and earlier.class_id = judged.class_id
               and earlier.person_id = judged.person_id and earlier.from_day < judged.from_day)) end as from_day
       ) mended
       where enrolment_spans.tenant_id = $1 and enrolment_spans.class_id = judged.class_id
         and enrolment_spans.person_id = judged.person_id and enrolment_spans.from_day = judged.from_day
         and (not judged.is_again or judged.again_from = judged.before_day)
     ),
     made as (
       insert into enrolment_spans (tenant_id, class_id, person_id, from_day, before_day, enrolled_at, ended_at)
       select $1, judged.class_id, judged.person_id, made.from_day, greatest(made.from_day, judged.before),
         judged.enrolled_at, judged.ended_at
       from judged
       cross join lateral (select case when judged.is_again then judged.again_from else judged.first end as from_day) made
       where judged.from_day is null or (judged.is_again and judged.again_from > judged.before_day)
       order by judged.class_id, judged.person_id
     )
     select distinct judged.class_id from judged`,
    [tx.tenantId, now, classes],
  );
  return rows.map(row => row.class_id);
}

/**
 * Notes what became of the competencies: a changed grade or subject counts from today on, and so does a new competency,
 * but for those of the tenant's first framework, which were always there. Returns the grades that expect others now.
 */
export async function noteCompetencyTerms(tx: Transaction, now: Date): Promise<string[]> {
  await tx.query(
    `insert into activity_contexts (tenant_id, subject, content_source, framework)
     select distinct $1::int, competencies.subject, null, frameworks.name
     from competencies
     join frameworks on frameworks.tenant_id = $1 and frameworks.id = competencies.framework_id
     where competencies.tenant_id = $1
     order by 2, 4
     on conflict do nothing`,
    [tx.tenantId],
  );
  const rows = await tx.query<{ grades: string[] | null }>(
    `with changed as materialized (
       select competencies.id, competencies.grade, competencies.subject, activity_contexts.id as context_id,
         known.from_day, known.grade as known_grade,
         case when exists (select from competency_terms any_known where any_known.tenant_id = $1)
           then ${today('$2')} end as today
       from competencies
       join frameworks on frameworks.tenant_id = $1 and frameworks.id = competencies.framework_id
       join activity_contexts on activity_contexts.tenant_id = $1 and activity_contexts.framework = frameworks.name
         and activity_contexts.subject is not distinct from competencies.subject
         and activity_contexts.content_source is null
       left join competency_terms known on known.tenant_id = $1
         and known.competency_id = competencies.id and known.before_day = 'infinity'
       where competencies.tenant_id = $1 and (known.competency_id is null
         or (known.grade, known.subject, known.context_id)
           is distinct from (competencies.grade, competencies.subject, activity_contexts.id))
     ),
     closed as (
       update competency_terms set before_day = changed.today from changed
       where competency_terms.tenant_id = $1 and competency_terms.competency_id = changed.id
         and competency_terms.before_day = 'infinity' and competency_terms.from_day < changed.today
     ),
     made as (
       insert into competency_terms (tenant_id, competency_id, from_day, before_day, grade, subject, context_id)
       select $1, changed.id, coalesce(greatest(changed.today, changed.from_day), '-infinity'), 'infinity',
         changed.grade, changed.subject, changed.context_id
       from changed
       order by changed.id
       on conflict (tenant_id, competency_id, from_day) do update set
         grade = excluded.grade, subject = excluded.subject, context_id = excluded.context_id
     )
     select array_agg(distinct grade.name) filter (where grade.name is not null) as grades
     from changed cross join lateral (values (changed.grade), (changed.known_grade)) grade(name)`,
    [tx.tenantId, now],
  );
  return rows[0]?.grades ?? [];
}

/** The classes that were ever of one of these grades. */
export async function selectClassesOfGrades(tx: Transaction, grades: readonly string[]): Promise<number[]> {
  const rows = await tx.query<{ class_id: number }>(
    `select distinct class_terms.class_id from class_terms
     where class_terms.tenant_id = $1 and class_terms.grade = any($2)`,
    [tx.tenantId, grades],
  );
  return rows.map(row => row.class_id);
}

/** Every class of which there is a history. */
export async function selectAllClasses(tx: Transaction): Promise<number[]> {
  const rows = await tx.query<{ class_id: number }>(
    `select distinct class_terms.class_id from class_terms where class_terms.tenant_id = $1`,
    [tx.tenantId],
  );
  return rows.map(row => row.class_id);
}

/** Whether the tenant has classes, and no history of any. */
export async function lacksHistory(tx: Transaction): Promise<boolean> {
  const [row] = await tx.query<{ lacks: boolean }>(
    `select exists (select from classes where classes.tenant_id = $1)
       and not exists (select from class_terms where class_terms.tenant_id = $1) as lacks`,
    [tx.tenantId],
  );
  return row!.lacks;
}

/** The classes in which some people ever were students. */
export async function selectClassesOfPeople(tx: Transaction, people: readonly number[]): Promise<number[]> {
  const rows = await tx.query<{ class_id: number }>(
    `select distinct enrolment_spans.class_id from enrolment_spans
     where enrolment_spans.tenant_id = $1 and enrolment_spans.person_id = any($2)`,
    [tx.tenantId, people],
  );
  return rows.map(row => row.class_id);
}
