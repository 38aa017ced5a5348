import type { Transaction } from '../../shared/database/database';
import { learnersOfCells } from './cell-learners.queries';
import { keptFactsWhere, summed } from './stored.queries';
import { activityMeasures } from './measures';
import {
  activityAsJson,
  cellLabel,
  classLabel,
  contextLabel,
  measuresAsJson,
  someDiffer,
  someMeasure,
  type Bound,
  type Found,
} from './verify-labels.queries';

/** The classes whose cell is not the one of their placements. Those that have none yet are not meant. */
export const selectMisplacedClasses = (tx: Transaction, { most }: Bound): Promise<Found[]> =>
  tx.query(
    `select ${classLabel('belongs')} as subject, jsonb_build_object('parents', belongs.parents) as expected,
       jsonb_build_object('parents', belongs.cell) as found, count(*) over () as total
     from (
       select classes.id, classes.external_id, cells.parents as cell,
         coalesce(string_agg(class_placements.hierarchy_id || ':' || class_placements.parent_id, ','
           order by class_placements.hierarchy_id), '') as parents
       from class_cells
       join classes on classes.tenant_id = $1 and classes.id = class_cells.class_id
       join cells on cells.tenant_id = $1 and cells.id = class_cells.cell_id
       left join class_placements on class_placements.tenant_id = $1 and class_placements.class_id = classes.id
       where class_cells.tenant_id = $1
       group by classes.id, classes.external_id, cells.parents
     ) belongs
     where belongs.parents <> belongs.cell
     order by belongs.id limit $2`,
    [tx.tenantId, most],
  );

/** The cells that do not hang where their name says. */
export const selectMishungCells = (tx: Transaction, { most }: Bound): Promise<Found[]> =>
  tx.query(
    `select ${cellLabel('hung.id')} as subject, jsonb_build_object('parents', hung.expected) as expected,
       jsonb_build_object('parents', hung.found) as found, hung.total
     from (
       select cells.id, cells.parents as expected, count(*) over () as total,
         coalesce(string_agg(cell_parents.hierarchy_id || ':' || cell_parents.parent_id, ','
           order by cell_parents.hierarchy_id), '') as found
       from cells
       left join cell_parents on cell_parents.tenant_id = $1 and cell_parents.cell_id = cells.id
       where cells.tenant_id = $1
       group by cells.id, cells.parents
       having cells.parents <> coalesce(string_agg(cell_parents.hierarchy_id || ':' || cell_parents.parent_id, ','
         order by cell_parents.hierarchy_id), '')
     ) hung
     order by hung.id limit $2`,
    [tx.tenantId, most],
  );

/** Facts of classes without a cell that do not wait as deltas: no stored sum has them, and none will. */
export const selectLostFacts = (tx: Transaction, { most }: Bound): Promise<Found[]> =>
  tx.query(
    `select ${factLabel('lost')} as subject, ${measuresAsJson('lost', 'lost.class_id')} as expected, null as found,
       lost.total
     from (
       select kept.*, count(*) over () as total from (
         select fact.class_id, fact.day, fact.context_id, ${summed('fact')}
         from (${keptFactsWhere(() => 'true')}) fact
         where not exists (
           select from class_cells where class_cells.tenant_id = $1 and class_cells.class_id = fact.class_id)
         group by fact.class_id, fact.day, fact.context_id
       ) kept
       where ${someMeasure('kept')}
       order by kept.class_id, kept.day, kept.context_id limit $2
     ) lost
     left join classes on classes.tenant_id = $1 and classes.id = lost.class_id`,
    [tx.tenantId, most],
  );

export const factLabel = (fact: string): string =>
  `concat_ws(', ', ${classLabel('classes')}, 'day ' || ${fact}.day, ${contextLabel(`${fact}.context_id`)})`;

/**
 * The learners of cells that are not those of their classes: days that no class has, and days that are missing although
 * nothing of that day waits as a delta. Where they are not complete they are not read.
 */
export const selectWrongCellLearners = (tx: Transaction, { most }: Bound): Promise<Found[]> =>
  tx.query(
    `with expected as (
       select class_cells.cell_id, learner_months.month, learner_months.person_id,
         bit_or(learner_months.scored_days) as scored, bit_or(learner_months.timed_days) as timed
       from learner_months
       join class_cells on class_cells.tenant_id = $1 and class_cells.class_id = learner_months.class_id
       where learner_months.tenant_id = $1
       group by 1, 2, 3
     ),
     found as (
       select cell_learners.cell_id, cell_learners.month, cell_learners.person_id,
         cell_learners.scored_days as scored, cell_learners.timed_days as timed
       from cell_learners where cell_learners.tenant_id = $1
     ),
     waiting as materialized (
       select class_cells.cell_id, date_trunc('month', fact_deltas.day)::date as month,
         bit_or(1 << extract(day from fact_deltas.day)::int - 1) as days
       from fact_deltas
       join class_cells on class_cells.tenant_id = $1 and class_cells.class_id = fact_deltas.class_id
       where fact_deltas.tenant_id = $1
       group by 1, 2
     ),
     both_sides as (
       select cell_id, month, person_id, coalesce(expected.scored, 0) as scored, coalesce(expected.timed, 0) as timed,
         coalesce(found.scored, 0) as found_scored, coalesce(found.timed, 0) as found_timed,
         ~coalesce(waiting.days, 0) as settled
       from expected
       full join found using (cell_id, month, person_id)
       left join waiting using (cell_id, month)
       where exists (select from stored_trees where stored_trees.tenant_id = $1 and stored_trees.hierarchy_id = $3)
     ),
     wrong as (
       select both_sides.*, count(*) over () as total
       from both_sides
       where found_scored & ~scored <> 0 or found_timed & ~timed <> 0
          or scored & ~found_scored & settled <> 0 or timed & ~found_timed & settled <> 0
       order by cell_id, month, person_id limit $2
     )
     select concat_ws(', ', ${cellLabel('wrong.cell_id')}, 'month ' || wrong.month, 'person #' || wrong.person_id) as subject,
       jsonb_build_object('days with attempts', wrong.scored, 'days with time', wrong.timed) as expected,
       jsonb_build_object('days with attempts', wrong.found_scored, 'days with time', wrong.found_timed) as found, wrong.total
     from wrong`,
    [tx.tenantId, most, learnersOfCells],
  );

/** The facts that are not what the learners' own facts of the class, day and context add up to. */
export const selectFactsUnlikeLearnerFacts = (tx: Transaction, { most }: Bound): Promise<Found[]> =>
  tx.query(
    `with own as (
       select learner_days.class_id, learner_days.day, learner_days.context_id,
         ${activityMeasures.map(measure => `sum(learner_days.${measure})::bigint as ${measure}`).join(', ')}
       from learner_days where learner_days.tenant_id = $1
       group by learner_days.class_id, learner_days.day, learner_days.context_id
     ),
     fact as (select class_days.* from class_days where class_days.tenant_id = $1),
     wrong as (
       select class_id, day, context_id, ${activityAsJson('own', 'own.class_id')} as expected,
         ${activityAsJson('fact', 'fact.class_id')} as found, count(*) over () as total
       from own
       full join fact using (class_id, day, context_id)
       where ${someDiffer('own', 'fact', activityMeasures)}
       order by class_id, day, context_id limit $2
     )
     select ${factLabel('wrong')} as subject, wrong.expected, wrong.found, wrong.total
     from wrong
     left join classes on classes.tenant_id = $1 and classes.id = wrong.class_id`,
    [tx.tenantId, most],
  );
