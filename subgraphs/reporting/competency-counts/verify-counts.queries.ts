import type { Transaction } from '../../shared/database/database';
import { competencyMeasures } from '../rollup/measures';
import { classLabel, contextLabel, type Bound, type Found } from '../rollup/verify-labels.queries';
import { changesOfClasses } from './changes.queries';

const asJson = (table: string): string =>
  `case when ${table}.class_id is not null then jsonb_build_object(
     ${competencyMeasures.map(measure => `'${measure}', ${table}.${measure}`).join(', ')}) end`;

/** The kept changes of counts that are not what the statuses and the roster's history come to. */
export const selectWrongChanges = (tx: Transaction, { most }: Bound): Promise<Found[]> =>
  tx.query(
    `with expected as (
       select change.class_id, change.day, change.context_id,
         ${competencyMeasures.map(measure => `sum(change.${measure})::bigint as ${measure}`).join(', ')}
       from (${changesOfClasses('(select classes.id as class_id from classes where classes.tenant_id = $1)')}) change
       group by change.class_id, change.day, change.context_id
     ),
     kept as (select competency_changes.* from competency_changes where competency_changes.tenant_id = $1),
     wrong as (
       select class_id, day, context_id, ${asJson('expected')} as expected, ${asJson('kept')} as found,
         count(*) over () as total
       from expected full join kept using (class_id, day, context_id)
       where ${competencyMeasures
         .map(measure => `coalesce(expected.${measure}, 0) <> coalesce(kept.${measure}, 0)`)
         .join(' or ')}
       order by class_id, day, context_id limit $2
     )
     select concat_ws(', ', ${classLabel('classes')}, 'day ' || wrong.day, ${contextLabel('wrong.context_id')}) as subject,
       wrong.expected, wrong.found, wrong.total
     from wrong
     left join classes on classes.tenant_id = $1 and classes.id = wrong.class_id`,
    [tx.tenantId, most],
  );

const enrolmentLabel = `
  'enrolment of ' || coalesce(people.external_id, '#' || people.id) || ' in ' || ${classLabel('classes')}`;

/** Terms and spans that overlap or leave days out, and the last of each that do not say what is so now. */
export const selectWrongHistory = (tx: Transaction, { most }: Bound): Promise<Found[]> =>
  tx.query(
    `with wrong as (
       select ${classLabel('classes')} as subject,
         jsonb_build_object('grade', classes.grade, 'subject', classes.subject, 'active', classes.active) as expected,
         case when term.class_id is not null then
           jsonb_build_object('grade', term.grade, 'subject', term.subject, 'active', term.active) end as found
       from classes
       left join class_terms term on term.tenant_id = $1 and term.class_id = classes.id and term.before_day = 'infinity'
       where classes.tenant_id = $1
         and (term.grade, term.subject, term.active) is distinct from (classes.grade, classes.subject, classes.active)
         and (term.class_id is not null or exists (
           select from enrolment_spans where enrolment_spans.tenant_id = $1 and enrolment_spans.class_id = classes.id))
       union all
       select 'competency ' || competencies.code,
         jsonb_build_object('grade', competencies.grade, 'subject', competencies.subject, 'framework', frameworks.name),
         case when term.competency_id is not null then jsonb_build_object('grade', term.grade,
           'subject', activity_contexts.subject, 'framework', activity_contexts.framework) end
       from competencies
       join frameworks on frameworks.tenant_id = $1 and frameworks.id = competencies.framework_id
       left join competency_terms term on term.tenant_id = $1
         and term.competency_id = competencies.id and term.before_day = 'infinity'
       left join activity_contexts on activity_contexts.tenant_id = $1 and activity_contexts.id = term.context_id
       where competencies.tenant_id = $1
         and (term.grade, term.subject, activity_contexts.subject, activity_contexts.framework)
           is distinct from (competencies.grade, competencies.subject, competencies.subject, frameworks.name)
       union all
       select ${enrolmentLabel},
         jsonb_build_object('enrolled_at', enrolments.enrolled_at, 'ended_at', enrolments.ended_at),
         case when last.enrolled_at is not null then
           jsonb_build_object('enrolled_at', last.enrolled_at, 'ended_at', last.ended_at) end
       from enrolments
       join classes on classes.tenant_id = $1 and classes.id = enrolments.class_id
       join people on people.tenant_id = $1 and people.id = enrolments.person_id
       left join lateral (
         select enrolment_spans.enrolled_at, enrolment_spans.ended_at from enrolment_spans
         where enrolment_spans.tenant_id = $1 and enrolment_spans.class_id = enrolments.class_id
           and enrolment_spans.person_id = enrolments.person_id
         order by enrolment_spans.from_day desc limit 1
       ) last on true
       where enrolments.tenant_id = $1 and enrolments.type = 'STUDENT'
         and (last.enrolled_at, last.ended_at) is distinct from (enrolments.enrolled_at, enrolments.ended_at)
       union all
       select ${classLabel('classes')}, jsonb_build_object('before_day', term.next), jsonb_build_object('before_day', term.before_day)
       from (
         select class_terms.class_id, class_terms.before_day,
           lead(class_terms.from_day, 1, 'infinity') over (partition by class_terms.class_id order by class_terms.from_day) as next
         from class_terms where class_terms.tenant_id = $1
       ) term
       join classes on classes.tenant_id = $1 and classes.id = term.class_id
       where term.before_day <> term.next
       union all
       select 'competency ' || competencies.code, jsonb_build_object('before_day', term.next),
         jsonb_build_object('before_day', term.before_day)
       from (
         select competency_terms.competency_id, competency_terms.before_day, lead(competency_terms.from_day, 1, 'infinity')
           over (partition by competency_terms.competency_id order by competency_terms.from_day) as next
         from competency_terms where competency_terms.tenant_id = $1
       ) term
       join competencies on competencies.tenant_id = $1 and competencies.id = term.competency_id
       where term.before_day <> term.next
       union all
       select ${enrolmentLabel}, jsonb_build_object('not before', span.last_end), jsonb_build_object('from_day', span.from_day)
       from (
         select enrolment_spans.class_id, enrolment_spans.person_id, enrolment_spans.from_day,
           lag(enrolment_spans.before_day) over (
             partition by enrolment_spans.class_id, enrolment_spans.person_id order by enrolment_spans.from_day) as last_end
         from enrolment_spans where enrolment_spans.tenant_id = $1
       ) span
       join classes on classes.tenant_id = $1 and classes.id = span.class_id
       join people on people.tenant_id = $1 and people.id = span.person_id
       where span.from_day < span.last_end
     )
     select wrong.*, count(*) over () as total from wrong order by wrong.subject, wrong.expected::text limit $2`,
    [tx.tenantId, most],
  );

/**
 * Weeks of classes that cannot be. They are of the moment of their run: that they lag behind is no difference, and the
 * next run brings them up.
 */
export const selectWrongWeeks = (tx: Transaction, { most }: Bound): Promise<Found[]> =>
  tx.query(
    `select ${classLabel('classes')} || ', week of ' || class_weeks.week as subject,
       jsonb_build_object('at least', class_weeks.completed + class_weeks.inferred + class_weeks.in_progress) as expected,
       jsonb_build_object('expected', class_weeks.expected, 'students', class_weeks.students) as found,
       count(*) over () as total
     from class_weeks
     join classes on classes.tenant_id = $1 and classes.id = class_weeks.class_id
     where class_weeks.tenant_id = $1
       and (least(class_weeks.completed, class_weeks.inferred, class_weeks.in_progress, class_weeks.students) < 0
         or class_weeks.expected < class_weeks.completed + class_weeks.inferred + class_weeks.in_progress
         or class_weeks.expected % greatest(class_weeks.students, 1) <> 0
         or (class_weeks.students = 0 and class_weeks.expected > 0))
     order by class_weeks.class_id, class_weeks.week limit $2`,
    [tx.tenantId, most],
  );
