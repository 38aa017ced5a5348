import type { Transaction } from '../../shared/database/database';
import { activityMeasures } from './measures';
import { factLabel } from './verify-facts.queries';
import { activityAsJson, someDiffer, type Bound, type Found } from './verify-labels.queries';

/** What one learner did in a class. */
const learnerLabel = (of: string, label: string): string => `${label} || ', person #' || ${of}.person_id`;

const secondsOf = (kind: string): string =>
  `coalesce(sum(activity_events.seconds) filter (where activity_events.kind = '${kind}'), 0)`;

/**
 * The learners' facts that are not what the activity adds up to. Raw activity ends before its facts do: those of a day of
 * which nothing was accepted before the raw activity that is kept must equal it; others may be more, and never less.
 */
export const selectLearnersUnlikeActivity = (tx: Transaction, { most }: Bound): Promise<Found[]> =>
  tx.query(
    `with activity as (
       select activity_events.class_id, activity_events.day, activity_events.context_id, activity_events.person_id,
         coalesce(sum(activity_events.score), 0) as score_sum, count(activity_events.score) as attempts,
         ${secondsOf('COLLECTION')} as collection_seconds, ${secondsOf('ASSESSMENT')} as assessment_seconds
       from activity_events
       where activity_events.tenant_id = $1 and (activity_events.score is not null or activity_events.seconds > 0)
       group by activity_events.class_id, activity_events.day, activity_events.context_id, activity_events.person_id
     ),
     kept as materialized (
       select retention_settings.raw_from from retention_settings where retention_settings.tenant_id = $1
     ),
     partly as materialized (
       select distinct accepted_days.day
       from accepted_days join kept on accepted_days.accepted_on < kept.raw_from
       where accepted_days.tenant_id = $1
     ),
     fact as (select learner_days.* from learner_days where learner_days.tenant_id = $1),
     wrong as (
       select class_id, day, context_id, person_id, ${activityAsJson('activity', 'activity.class_id')} as expected,
         ${activityAsJson('fact', 'fact.class_id')} as found, count(*) over () as total
       from activity
       full join fact using (class_id, day, context_id, person_id)
       where ${someDiffer('activity', 'fact', activityMeasures)}
         and (day not in (select partly.day from partly)
           or ${activityMeasures.map(measure => `activity.${measure} > coalesce(fact.${measure}, 0)`).join(' or ')})
       order by class_id, day, context_id, person_id limit $2
     )
     select ${learnerLabel('wrong', factLabel('wrong'))} as subject, wrong.expected, wrong.found, wrong.total
     from wrong
     left join classes on classes.tenant_id = $1 and classes.id = wrong.class_id`,
    [tx.tenantId, most],
  );

const bitOf = (day: string): string => `1 << extract(day from ${day})::int - 1`;

/** The learners' days that are not those of their facts: with an attempt, and with time. */
export const selectDaysUnlikeLearnerFacts = (tx: Transaction, { most }: Bound): Promise<Found[]> =>
  tx.query(
    `with expected as (
       select learner_days.class_id, date_trunc('month', learner_days.day)::date as day, learner_days.context_id,
         learner_days.person_id,
         coalesce(bit_or(${bitOf('learner_days.day')}) filter (where learner_days.attempts > 0), 0) as scored,
         coalesce(bit_or(${bitOf('learner_days.day')})
           filter (where learner_days.collection_seconds + learner_days.assessment_seconds > 0), 0) as timed
       from learner_days where learner_days.tenant_id = $1
       group by 1, 2, 3, 4
     ),
     found as (
       select learner_months.class_id, learner_months.month as day, learner_months.context_id, learner_months.person_id,
         learner_months.scored_days as found_scored, learner_months.timed_days as found_timed
       from learner_months where learner_months.tenant_id = $1
     ),
     wrong as (
       select class_id, day, context_id, person_id, coalesce(scored, 0) as scored, coalesce(timed, 0) as timed,
         coalesce(found_scored, 0) as found_scored, coalesce(found_timed, 0) as found_timed, count(*) over () as total
       from expected
       full join found using (class_id, day, context_id, person_id)
       where (coalesce(scored, 0), coalesce(timed, 0)) <> (coalesce(found_scored, 0), coalesce(found_timed, 0))
       order by class_id, day, context_id, person_id limit $2
     )
     select ${learnerLabel('wrong', `replace(${factLabel('wrong')}, ', day ', ', month ')`)} as subject,
       jsonb_build_object('days with attempts', wrong.scored, 'days with time', wrong.timed) as expected,
       jsonb_build_object('days with attempts', wrong.found_scored, 'days with time', wrong.found_timed) as found, wrong.total
     from wrong
     left join classes on classes.tenant_id = $1 and classes.id = wrong.class_id`,
    [tx.tenantId, most],
  );
