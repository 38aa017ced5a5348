import type { Transaction } from '../../shared/database/database';
import type { View } from './view.queries';

export interface ClassCounts {
  /** Classes of the tenant that the hierarchy does not connect to a root, inactive ones too. */
  uncategorised: number;
  activeInTenant: number;
  activeUncategorised: number;
  /** Active classes in the caller's view, uncategorised ones included. */
  activeInScope: number;
  activeUncategorisedInScope: number;
}

/** How many classes stand behind the nodes that no placement makes: the tenant, 'other', and the caller's scope. */
export async function selectClassCounts(tx: Transaction, view: View): Promise<ClassCounts> {
  const [counts] = await tx.query<Record<keyof ClassCounts, string>>(
    `select count(*) filter (where parent.group_id is null) as uncategorised,
       count(*) filter (where classes.active) as "activeInTenant",
       count(*) filter (where classes.active and parent.group_id is null) as "activeUncategorised",
       count(*) filter (where classes.active and (
         classes.id = any($5::int[]) or classes.id = any($6::int[])
         or exists (select from unnest($3::int[], $4::int[]) seen(pre, post) where parent.pre between seen.pre and seen.post)
       )) as "activeInScope",
       count(*) filter (where classes.active and classes.id = any($6::int[])) as "activeUncategorisedInScope"
     from classes
     left join class_placements on class_placements.tenant_id = classes.tenant_id
       and class_placements.hierarchy_id = $2 and class_placements.class_id = classes.id
     left join tree_nodes parent on parent.tenant_id = classes.tenant_id
       and parent.hierarchy_id = $2 and parent.group_id = class_placements.parent_id
     where classes.tenant_id = $1`,
    [
      tx.tenantId,
      view.hierarchyId,
      view.covered.map(range => range.pre),
      view.covered.map(range => range.post),
      view.hungClasses,
      view.uncategorisedClasses,
    ],
  );
  return Object.fromEntries(Object.entries(counts!).map(([name, count]) => [name, Number(count)])) as unknown as ClassCounts;
}
