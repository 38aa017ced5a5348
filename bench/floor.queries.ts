import type { Client } from 'pg';
import type { Transaction } from '../subgraphs/shared/database/database';
import type { Sums } from '../subgraphs/reporting/rollup/sums';
import { zonesKey } from './tenant.queries';

/**
 * What a report costs at the least: its rows added up beforehand and lying side by side under one key, read without
 * a transaction, a role or a library in between. Made from the facts by statements of its own, so that it also tells
 * whether the product's figures are right.
 */
export async function createFloor(tx: Transaction): Promise<void> {
  await tx.query(
    `create table if not exists bench.floor (
       tenant_id int not null,
       hierarchy_id int not null,
       parent_id int not null,
       grain smallint not null,
       start date not null,
       node_id int not null,
       score_sum bigint not null,
       attempts bigint not null,
       collection_seconds bigint not null,
       assessment_seconds bigint not null,
       primary key (tenant_id, hierarchy_id, parent_id, grain, start, node_id)
     )`,
  );
}

const sums = ['score_sum', 'attempts', 'collection_seconds', 'assessment_seconds'];
const summed = (table: string): string => sums.map(name => `sum(${table}.${name})::bigint as ${name}`).join(', ');

/** Every group down to the districts with its children that are groups: their days, weeks and months. */
export async function fillFloor(tx: Transaction): Promise<void> {
  // Down to the blocks and the school districts.
  for (const [hierarchy, depth] of [['india', 4], [zonesKey, 3]] as const) {
    await tx.query(
      `with direct as materialized (
         select class_placements.hierarchy_id, class_placements.parent_id, class_days.day, ${summed('class_days')}
         from class_placements
         join hierarchies on hierarchies.id = class_placements.hierarchy_id and hierarchies.key = $2
         join class_days on class_days.tenant_id = $1 and class_days.class_id = class_placements.class_id
         where class_placements.tenant_id = $1
         group by 1, 2, 3
       ),
       above as materialized (
         select direct.hierarchy_id, above.group_id, direct.day, ${summed('direct')}
         from direct
         join tree_nodes on tree_nodes.tenant_id = $1
           and tree_nodes.hierarchy_id = direct.hierarchy_id and tree_nodes.group_id = direct.parent_id
         cross join lateral unnest(tree_nodes.path) with ordinality above(group_id, depth)
         where above.depth <= $3
         group by 1, 2, 3
       ),
       bucketed as materialized (
         select above.hierarchy_id, above.group_id, bucket.grain, bucket.start, ${summed('above')}
         from above
         cross join lateral (values
           (1::smallint, above.day), (7::smallint, date_trunc('week', above.day)::date),
           (30::smallint, date_trunc('month', above.day)::date)
         ) bucket(grain, start)
         group by 1, 2, 3, 4
       )
       insert into bench.floor
       select $1, bucketed.hierarchy_id, parent.id, bucketed.grain, bucketed.start, bucketed.group_id,
         ${sums.map(name => `bucketed.${name}`).join(', ')}
       from bucketed
       join tree_nodes on tree_nodes.tenant_id = $1
         and tree_nodes.hierarchy_id = bucketed.hierarchy_id and tree_nodes.group_id = bucketed.group_id
       cross join lateral (values (tree_nodes.parent_id), (tree_nodes.group_id)) parent(id)
       where parent.id is not null
       order by 2, 3, 4, 5, 6`,
      [tx.tenantId, hierarchy, depth],
    );
  }
}

export interface FloorQuestion {
  tenantId: number;
  hierarchyId: number;
  parent: number;
  /** Half-open ranges of buckets, each of one grain. */
  spans: readonly { grain: number; from: string; before: string }[];
  /** Whether each bucket is a figure of its own, or all of them are one. */
  apart: boolean;
}

export type Figure = { node: number; start: string | null } & Record<keyof Sums, string>;

const select = (apart: boolean): string => `
  select floor.node_id as node, ${apart ? 'floor.start::text as start' : 'null as start'},
    sum(floor.score_sum) as "scoreSum", sum(floor.attempts) as attempts,
    sum(floor.collection_seconds) as "collectionSeconds", sum(floor.assessment_seconds) as "assessmentSeconds"
  from unnest($4::smallint[], $5::date[], $6::date[]) span(grain, first, before)
  join bench.floor on floor.tenant_id = $1 and floor.hierarchy_id = $2 and floor.parent_id = $3
    and floor.grain = span.grain and floor.start >= span.first and floor.start < span.before
  group by 1, 2`;

/** The figures of a node and its children, from the rows kept for it. */
export async function readFloor(client: Client, question: FloorQuestion): Promise<Figure[]> {
  const { tenantId, hierarchyId, parent, spans, apart } = question;
  const { rows } = await client.query<Figure>({
    name: `floor ${apart}`,
    text: select(apart),
    values: [
      tenantId,
      hierarchyId,
      parent,
      spans.map(({ grain }) => grain),
      spans.map(({ from }) => from),
      spans.map(({ before }) => before),
    ],
  });
  return rows;
}
