import { activityMeasures, allMeasures, competencyMeasures } from './measures';

/** One thing that is not as it should be. Null: it should not be there, or is not. */
export interface Found {
  subject: string;
  expected: Record<string, unknown> | null;
  found: Record<string, unknown> | null;
  /** How many there are of this kind, told or not. */
  total: string;
}

export interface Bound {
  /** How many differences of a kind are told. */
  most: number;
}

/** A row's measures of activity as an object; null where `present` is: the other side of an outer join has no row. */
export const activityAsJson = (table: string, present: string): string =>
  `case when ${present} is not null then jsonb_build_object(
     ${activityMeasures.map(measure => `'${measure}', ${table}.${measure}`).join(', ')}) end`;

/** The same of all measures; a competency count that is nothing is left out. */
export const measuresAsJson = (table: string, present: string): string =>
  `${activityAsJson(table, present)} || jsonb_strip_nulls(jsonb_build_object(
     ${competencyMeasures.map(measure => `'${measure}', nullif(${table}.${measure}, 0)`).join(', ')}))`;

/** Whether two rows of an outer join have other sums; one that is not there stands for zeros. */
export const someDiffer = (one: string, other: string, measures: readonly string[] = allMeasures): string =>
  `(${measures.map(measure => `coalesce(${one}.${measure}, 0) <> coalesce(${other}.${measure}, 0)`).join(' or ')})`;

/** Whether a row is more than zeros. */
export const someMeasure = (table: string): string =>
  `(${allMeasures.map(measure => `coalesce(${table}.${measure}, 0) <> 0`).join(' or ')})`;

/** The name by which an administrator knows a class; by its number, where it has no external id. */
export const classLabel = (table: string): string => `'class:' || coalesce(${table}.external_id, '#' || ${table}.id)`;

export const contextLabel = (id: string): string => `
  case when ${id} = 0 then 'all contexts' else coalesce((
    select concat_ws(' / ', coalesce(activity_contexts.subject, 'no subject'),
      coalesce(activity_contexts.content_source, 'no source'), coalesce(activity_contexts.framework, 'no framework'))
    from activity_contexts where activity_contexts.tenant_id = $1 and activity_contexts.id = ${id}
  ), 'unknown context ' || ${id}) end`;

/** Some classes of a cell, by which it can be recognised. */
export const cellLabel = (id: string): string => `
  'cell ' || ${id} || coalesce(' of ' || (
    select string_agg(few.label, ', ') from (
      select ${classLabel('classes')} as label
      from class_cells
      join classes on classes.tenant_id = $1 and classes.id = class_cells.class_id
      where class_cells.tenant_id = $1 and class_cells.cell_id = ${id}
      order by classes.id limit 3
    ) few
  ), '')`;

/** The first $3 of some rows, how many there are, and whose sums each is. */
export const labelled = ({ rows }: { rows: string }): string => `
  with wrong as materialized (${rows}),
  told as (
    select wrong.*, count(*) over () as total from wrong
    order by wrong.hierarchy_id, wrong.owner_id, wrong.grain, wrong.context_id, wrong.start
    limit $3
  )
  select concat_ws(', ',
      case
        when told.hierarchy_id = 0 and told.owner_id = 0 then 'the tenant'
        when told.hierarchy_id = 0 then ${cellLabel('told.owner_id')}
        else hierarchies.key || ' ' || coalesce(groups.type || ':' || coalesce(groups.external_id, '#' || groups.id),
          'no group ' || told.owner_id)
      end,
      case told.grain when 1 then 'day' when 7 then 'week of' else 'month of' end || ' ' || told.start,
      ${contextLabel('told.context_id')}) as subject,
    told.expected, told.found, told.total
  from told
  left join hierarchies on hierarchies.id = told.hierarchy_id
  left join groups on groups.tenant_id = $1 and told.hierarchy_id <> 0 and groups.id = told.owner_id
  order by told.hierarchy_id, told.owner_id, told.grain, told.context_id, told.start`;
