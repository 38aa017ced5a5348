import type { Transaction } from '../../shared/database/database';
import type { Day } from '../../shared/period';
import { allMeasures } from './measures';
import { everyContext } from './stored.queries';

/** Where an owner comes: nodes level by level, so that siblings lie side by side; cells and the tenant (0) by number. */
export interface Place {
  level: number;
  place: number;
}

/** How far a month is sealed: all owners up to this place of this hierarchy. */
export interface Sealing extends Place {
  month: Day;
  hierarchyId: number;
}

export const beforeAll: Place = { level: -1, place: -1 };

/** The first month before a day that the tenant has stored sums of and that is not sealed yet. */
export async function selectNextToSeal(tx: Transaction, before: Day): Promise<Sealing | null> {
  const [row] = await tx.query<Sealing>(
    `select aggregates.start::text as month, coalesce(sealed_months.hierarchy_id, 0) as "hierarchyId",
       coalesce(sealed_months.level, $3) as level, coalesce(sealed_months.place, $4) as place
     from aggregates
     left join sealed_months on sealed_months.tenant_id = $1 and sealed_months.month = aggregates.start
     where aggregates.tenant_id = $1 and aggregates.hierarchy_id = 0 and aggregates.grain = 30
       and aggregates.context_id = 0 and aggregates.owner_id = 0 and aggregates.start < $2
       and sealed_months.sealed_at is null
     order by aggregates.start limit 1`,
    [tx.tenantId, before, beforeAll.level, beforeAll.place],
  );
  return row ?? null;
}

export interface Owner extends Place {
  id: number;
}

/** The next owners of stored sums after a place: the tenant and its cells, or a hierarchy's nodes in the tree's order, level by level. */
export const selectOwnersAfter = (
  tx: Transaction,
  { hierarchyId, level, place }: Omit<Sealing, 'month'>,
  most: number,
): Promise<Owner[]> =>
  hierarchyId === 0
    ? tx.query(
        `select owner.id, 0 as level, owner.id as place
         from (select 0 as id union all select cells.id from cells where cells.tenant_id = $1) owner
         where owner.id > $2 order by owner.id limit $3`,
        [tx.tenantId, place, most],
      )
    : tx.query(
        `select tree_nodes.group_id as id, tree_nodes.level, tree_nodes.pre as place from tree_nodes
         where tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = $2 and tree_nodes.stored
           and (tree_nodes.level, tree_nodes.pre) > ($3::int, $4::int)
         order by tree_nodes.level, tree_nodes.pre limit $5`,
        [tx.tenantId, hierarchyId, level, place, most],
      );

/** Writes the owners' rows of a month anew, side by side in the order in which reports read them. */
export async function rewriteRows(tx: Transaction, { month, hierarchyId }: Sealing, owners: readonly Owner[]): Promise<void> {
  const columns = ['tenant_id', 'hierarchy_id', 'grain', 'context_id', 'owner_id', 'start', ...allMeasures];
  await tx.query(
    `with gone as (
       delete from aggregates
       where aggregates.tenant_id = $1 and aggregates.hierarchy_id = $2 and aggregates.grain in (1, 7, 30)
         and aggregates.context_id = any(0 || ${everyContext}) and aggregates.owner_id = any($3)
         and aggregates.start >= $4::date and aggregates.start < $4::date + interval '1 month'
       returning ${columns.map(column => `aggregates.${column}`).join(', ')}
     )
     insert into aggregates (${columns.join(', ')})
     select ${columns.map(column => `gone.${column}`).join(', ')}
     from gone
     join unnest($3::int[]) with ordinality owner(id, place) on owner.id = gone.owner_id
     order by gone.grain, gone.context_id, owner.place, gone.start`,
    [tx.tenantId, hierarchyId, owners.map(({ id }) => id), month],
  );
}

/** Remembers how far a month is sealed, or with a time that all of it is. */
export async function markSealed(tx: Transaction, { month, hierarchyId, level, place }: Sealing, at: Date | null): Promise<void> {
  await tx.query(
    `insert into sealed_months (tenant_id, month, hierarchy_id, level, place, sealed_at)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (tenant_id, month) do update set hierarchy_id = excluded.hierarchy_id,
       level = excluded.level, place = excluded.place, sealed_at = excluded.sealed_at`,
    [tx.tenantId, month, hierarchyId, level, place, at],
  );
}
