import type { Transaction } from '../../shared/database/database';
import type { View } from './view.queries';

/** Active classes, and all of them. */
export type Counted = [active: number, all: number];

export interface ClassCounts {
  inTenant: Counted;
  /** Of the tenant, not connected to a root by the hierarchy. */
  uncategorised: Counted;
  /** In the caller's view, uncategorised ones included. */
  inScope: Counted;
  uncategorisedInScope: Counted;
}

/** How many classes stand behind the nodes that no placement makes: the tenant, 'other', and the caller's scope. */
export async function selectClassCounts(tx: Transaction, view: View): Promise<ClassCounts> {
  const rows = await tx.query<{ inScope: boolean; uncategorised: boolean; listed: boolean; active: string; every: string }>(
    `select parent.group_id is null as uncategorised, classes.id = any($6::int[]) as listed,
       classes.id = any($5::int[]) or classes.id = any($6::int[])
         or exists (select from unnest($3::int[], $4::int[]) seen(pre, post) where parent.pre between seen.pre and seen.post)
         as "inScope",
       count(*) filter (where classes.active) as active, count(*) as every
     from classes
     left join class_placements on class_placements.tenant_id = classes.tenant_id
       and class_placements.hierarchy_id = $2 and class_placements.class_id = classes.id
     left join tree_nodes parent on parent.tenant_id = classes.tenant_id
       and parent.hierarchy_id = $2 and parent.group_id = class_placements.parent_id
     where classes.tenant_id = $1
     group by 1, 2, 3`,
    [
      tx.tenantId,
      view.hierarchyId,
      view.covered.map(range => range.pre),
      view.covered.map(range => range.post),
      view.hungClasses,
      view.uncategorisedClasses,
    ],
  );
  const counted = (belongs: (row: (typeof rows)[number]) => boolean): Counted =>
    rows.filter(belongs).reduce<Counted>(([active, all], row) => [active + Number(row.active), all + Number(row.every)], [0, 0]);
  return {
    inTenant: counted(() => true),
    uncategorised: counted(row => row.uncategorised),
    inScope: counted(row => row.inScope),
    uncategorisedInScope: counted(row => row.listed),
  };
}
