import { platformTenant } from '../../../migrations/row-level-security';
import type { Transaction } from '../../shared/database/database';
import type { ToldFigure } from '../../shared/database/figures';
import type { FirstQuestion } from '../../shared/database/standing-statements';

/**
 * About how many deltas wait to be folded, from the oldest number to the newest, so never fewer than there are: asked as
 * each read and each batch of activity begins, of the very moment that it sees. Where none waits, none is looked for.
 */
const howManyDeltasWait: FirstQuestion['ask'] = tenantId =>
  `select coalesce(max(fact_deltas.id) - min(fact_deltas.id) + 1, 0) as backlog
   from fact_deltas where fact_deltas.tenant_id = ${tenantId}`;

const backlogIn = (answer: object | undefined): number => Number((answer as { backlog: string }).backlog);

export const deltasWaiting: FirstQuestion = {
  ask: howManyDeltasWait,
  // Where they are looked for and none is there, none is found.
  stillHolds: (earlier, later) => backlogIn(earlier) > 0 || backlogIn(later) === 0,
};

/** What the question found. */
export const backlogOf = async (tx: Transaction): Promise<number> =>
  backlogIn(tx.firstAnswer ?? (await tx.query<object>(howManyDeltasWait(tx.tenantId)))[0]);

/** What the folder has yet to do, over all tenants. */
export const foldingFigures: readonly ToldFigure[] = [
  {
    name: 'strata_deltas_waiting',
    help: 'About how many changes wait to be folded into the stored sums, in all tenants.',
    over: 'sum',
    select: tenant => `select coalesce(max(fact_deltas.id) - min(fact_deltas.id) + 1, 0) from fact_deltas where fact_deltas.tenant_id = ${tenant}`,
  },
  {
    name: 'strata_stored_trees_behind',
    help: 'Hierarchies, and sets of cells, whose stored sums have yet to be made: reads are right, and slower.',
    over: 'sum',
    select: tenant => `
      select count(*) from (
        select 0 as hierarchy_id where ${tenant} <> ${platformTenant}
        union all
        select hierarchies.id from hierarchies
        where exists (select from tree_nodes
          where tree_nodes.tenant_id = ${tenant} and tree_nodes.hierarchy_id = hierarchies.id)
      ) wanted
      where not exists (select from stored_trees
        where stored_trees.tenant_id = ${tenant} and stored_trees.hierarchy_id = wanted.hierarchy_id)`,
  },
];
