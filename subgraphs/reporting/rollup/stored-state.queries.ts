import type { Transaction } from '../../shared/database/database';
import { learnersOfCells } from './cell-learners.queries';
import type { PlanLevel, Stored } from './plan';

export interface StoredState {
  levels: PlanLevel[];
  stored: Stored;
  /** Whether the learners of the cells are complete. */
  learners: boolean;
}

/** A hierarchy's levels, and which of the tenant's stored sums are complete for it. */
export async function selectStoredState(tx: Transaction, hierarchyId: number): Promise<StoredState> {
  const rows = await tx.query<PlanLevel & { trees: number[] | null }>(
    `select hierarchy_levels.sequence, hierarchy_levels.type, hierarchy_levels.stored,
       (select array_agg(stored_trees.hierarchy_id) from stored_trees
        where stored_trees.tenant_id = $1 and stored_trees.hierarchy_id in (${learnersOfCells}, 0, $2)) as trees
     from hierarchy_levels
     where hierarchy_levels.hierarchy_id = $2
     order by hierarchy_levels.sequence`,
    [tx.tenantId, hierarchyId],
  );
  const trees = rows[0]?.trees ?? [];
  return {
    levels: rows.map(({ sequence, type, stored }) => ({ sequence, type, stored })),
    stored: { cells: trees.includes(0), levels: trees.includes(0) && trees.includes(hierarchyId) },
    learners: trees.includes(learnersOfCells),
  };
}
