import type { Pool } from 'pg';

export interface BareRow {
  id: number;
  parent: number | null;
  name: string;
  type: string;
  active_classes: number;
  score_sum: string | null;
  attempts: string | null;
  collection_seconds: string | null;
  assessment_seconds: string | null;
}

/** A node and its children with their stored month: one prepared statement, and nothing else of what Strata does. */
export async function readReport(
  pool: Pool,
  { tenantId, hierarchyId, group, month }: { tenantId: number; hierarchyId: number; group: number; month: string },
): Promise<BareRow[]> {
  const { rows } = await pool.query<BareRow>({
    name: 'report',
    text: `
      select shown.group_id as id, shown.parent_id as parent, groups.name, groups.type, shown.active_classes,
        aggregates.score_sum, aggregates.attempts, aggregates.collection_seconds, aggregates.assessment_seconds
      from (
        select tree_nodes.group_id, tree_nodes.parent_id, tree_nodes.level, tree_nodes.active_classes
        from tree_nodes
        where tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = $2 and tree_nodes.group_id = $3
        union all
        select tree_nodes.group_id, tree_nodes.parent_id, tree_nodes.level, tree_nodes.active_classes
        from tree_nodes
        where tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = $2 and tree_nodes.parent_id = $3
      ) shown
      join groups on groups.tenant_id = $1 and groups.id = shown.group_id
      left join aggregates on aggregates.tenant_id = $1 and aggregates.hierarchy_id = $2
        and aggregates.owner_id = shown.group_id and aggregates.grain = 30 and aggregates.context_id = 0
        and aggregates.start = $4
      order by shown.level, groups.name, groups.id`,
    values: [tenantId, hierarchyId, group, month],
  });
  return rows;
}
