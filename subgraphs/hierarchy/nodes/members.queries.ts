import type { Caller } from '../../shared/access/caller';
import type { Node } from './node.queries';
import type { View } from './view.queries';

/**
 * The classes at or below nodes, as the body of a CTE with the columns `key` (the node's public id) and `class_id`; $1
 * is the tenant, the other parameters begin at `first`. Only nodes that were found visible may be handed in; a scope's
 * and its other's classes are those of the view itself.
 */
export function memberClasses(
  { nodes, view }: { nodes: readonly Node[]; view: View; caller?: Caller },
  first: number,
): { sql: string; parameters: unknown[] } {
  const groups = nodes.filter(node => node.kind === 'group');
  const classes = nodes.filter(node => node.kind === 'class');
  const idOf = (kind: Node['kind']) => nodes.find(node => node.kind === kind)?.id;
  const parameters: unknown[] = [view.hierarchyId];
  const add = (value: unknown, type: string): string => `$${first + parameters.push(value) - 1}::${type}`;
  const hierarchy = `$${first}::int`;
  const parts: string[] = [];

  const below = (ids: string, pres: string, posts: string) => `
    select node.key, placed.class_id
    from unnest(${ids}, ${pres}, ${posts}) node(key, pre, post)
    cross join lateral (
      select tree_nodes.group_id from tree_nodes
      where tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = ${hierarchy}
        and tree_nodes.direct_classes > 0 and tree_nodes.pre between node.pre and node.post
      offset 0 -- looked up in this order, whatever the statistics say
    ) parent
    cross join lateral (
      select class_placements.class_id from class_placements
      where class_placements.tenant_id = $1 and class_placements.hierarchy_id = ${hierarchy}
        and class_placements.parent_id = parent.group_id
      offset 0
    ) placed`;
  const listed = (key: string, ids: number[]) => `
    select ${add(key, 'text')} as key, listed.class_id from unnest(${add(ids, 'int[]')}) listed(class_id)`;

  parts.push(
    below(
      add(groups.map(node => node.id), 'text[]'),
      add(groups.map(node => node.pre), 'int[]'),
      add(groups.map(node => node.post), 'int[]'),
    ),
  );
  parts.push(`
    select leaf.key, leaf.class_id
    from unnest(${add(classes.map(node => node.id), 'text[]')}, ${add(classes.map(node => node.number), 'int[]')})
      leaf(key, class_id)`);

  const tenant = idOf('tenant');
  if (tenant) parts.push(`select ${add(tenant, 'text')} as key, classes.id as class_id from classes where classes.tenant_id = $1`);
  const other = idOf('other');
  if (other) {
    parts.push(`
      select ${add(other, 'text')} as key, classes.id as class_id
      from classes
      left join class_placements on class_placements.tenant_id = $1
        and class_placements.hierarchy_id = ${hierarchy} and class_placements.class_id = classes.id
      left join tree_nodes parent on parent.tenant_id = $1
        and parent.hierarchy_id = ${hierarchy} and parent.group_id = class_placements.parent_id
      where classes.tenant_id = $1 and parent.group_id is null`);
  }
  const ownOther = idOf('scopeOther');
  if (ownOther) parts.push(listed(ownOther, view.uncategorisedClasses));
  const scope = idOf('scope');
  if (scope) {
    parts.push(listed(scope, [...view.hungClasses, ...view.uncategorisedClasses]));
    parts.push(
      below(
        add(view.covered.map(() => scope), 'text[]'),
        add(view.covered.map(range => range.pre), 'int[]'),
        add(view.covered.map(range => range.post), 'int[]'),
      ),
    );
  }
  return { sql: parts.join('\nunion all\n'), parameters };
}
