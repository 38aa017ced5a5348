import type { Transaction } from '../../shared/database/database';

/** What it takes to have a hierarchy's stored levels. */
export interface WorkToBuild {
  /** The types of the levels that are to be stored and are not, root first. */
  levels: string[];
  /** The rows that are added up for them: of the cells by day, or the facts where the cells have to be built too. */
  rows: number;
}

/** What there is to build before a hierarchy, by its public id, is read from stored sums; nothing where all is there. */
export async function selectWorkToBuild(tx: Transaction, hierarchyKey: string): Promise<WorkToBuild> {
  const [state] = await tx.query<{ id: number; levels: string[]; cells: boolean; above: boolean }>(
    `select hierarchies.id,
       array(select hierarchy_levels.type from hierarchy_levels
             where hierarchy_levels.hierarchy_id = hierarchies.id and hierarchy_levels.stored
             order by hierarchy_levels.sequence) as levels,
       exists (select from stored_trees where stored_trees.tenant_id = $1 and stored_trees.hierarchy_id = 0) as cells,
       exists (select from stored_trees
               where stored_trees.tenant_id = $1 and stored_trees.hierarchy_id = hierarchies.id) as above
     from hierarchies where hierarchies.key = $2`,
    [tx.tenantId, hierarchyKey],
  );
  if (!state || (state.cells && state.above)) return { levels: [], rows: 0 };
  const rows = state.cells
    ? `aggregates where aggregates.tenant_id = $1 and aggregates.hierarchy_id = 0 and aggregates.owner_id > 0
         and aggregates.grain = 1 and aggregates.context_id > 0`
    : `class_days where class_days.tenant_id = $1`;
  const [count] = await tx.query<{ rows: string }>(`select count(*) as rows from ${rows}`, [tx.tenantId]);
  return { levels: state.levels, rows: Number(count!.rows) };
}
