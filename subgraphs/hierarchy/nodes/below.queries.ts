import type { Transaction } from '../../shared/database/database';
import { classColumns, found, groupColumns, parentOfClass, type Node, type NodeRow } from './node.queries';
import { viewCondition, type View } from './view.queries';

/** A node below another; `uncategorised` are the classes that no root is above. */
export interface NodeBelow {
  node: Node;
  uncategorised: boolean;
}

/** Visible nodes: what is asked for must have been found visible itself. */
interface Below {
  view: View;
  node: Node;
}

/** Greater than any number of the pre-order. */
const last = 2 ** 31 - 1;

/** Which part of the tree is below a node, and whether the uncategorised classes are. */
function partBelow({ kind, pre, post }: Node): { pre: number; post: number; other: boolean } {
  if (kind === 'group') return { pre, post, other: false };
  if (kind === 'tenant' || kind === 'scope') return { pre: 0, post: last, other: true };
  return { pre: last, post: 0, other: kind === 'other' || kind === 'scopeOther' };
}

function selectBelow({ view, node }: Below): { sql: string; parameters: unknown[] } {
  const seen = viewCondition(view, 6);
  const { pre, post, other } = partBelow(node);
  const sql = `
    select ${groupColumns}, false as uncategorised, above.pre as place
    from tree_nodes
    join groups on groups.tenant_id = tree_nodes.tenant_id and groups.id = tree_nodes.group_id
    left join tree_nodes above on above.tenant_id = tree_nodes.tenant_id
      and above.hierarchy_id = tree_nodes.hierarchy_id and above.group_id = tree_nodes.parent_id
    where tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = $2
      and tree_nodes.pre > $3 and tree_nodes.pre <= $4 and ${seen.group('tree_nodes')}
    union all
    select ${classColumns}, parent.group_id is null, parent.pre
    from classes ${parentOfClass}
    where classes.tenant_id = $1 and (parent.pre between $3 and $4 or ($5::boolean and parent.group_id is null))
      and ${seen.klass('classes.id', 'parent')}`;
  return { sql, parameters: [view.hierarchyId, pre, post, other, ...seen.parameters] };
}

/** How many visible nodes are below a node. */
export async function countNodesBelow(tx: Transaction, below: Below): Promise<number> {
  const { sql, parameters } = selectBelow(below);
  const [row] = await tx.query<{ count: string }>(`select count(*) from (${sql}) below`, [tx.tenantId, ...parameters]);
  return Number(row!.count);
}

/**
 * The visible nodes below a node, some at a time, without ever holding all of them: level by level, within a level in
 * the order of the tree, the children of one parent by name (root collation) and number; uncategorised classes last.
 * The transaction must stay open meanwhile, and be a read's, so that all is of one moment.
 */
export async function* eachNodeBelow(
  tx: Transaction,
  { atOnce, ...below }: Below & { atOnce: number },
): AsyncGenerator<NodeBelow[]> {
  const { sql, parameters } = selectBelow(below);
  await tx.query(
    `declare nodes_below no scroll cursor for
     select below.* from (${sql}) below
     order by below.uncategorised, below.level, below.place nulls first, below.name collate "und-x-icu", below.number`,
    [tx.tenantId, ...parameters],
  );
  for (;;) {
    const rows = await tx.query<NodeRow & { uncategorised: boolean }>(`fetch ${atOnce} from nodes_below`);
    if (rows.length > 0) {
      yield rows.map(({ uncategorised, ...row }) => ({ node: found(below.view, row).node, uncategorised }));
    }
    if (rows.length < atOnce) break;
  }
  await tx.query('close nodes_below');
}

/** Groups and classes by their numbers, as PostgreSQL writes sets of ranges: `{[1,4),[7,8)}`. */
export interface NumberRanges {
  groups: string;
  classes: string;
}

/** Whether a view still shows each of these groups and classes; who sees the whole tenant sees whatever is in it. */
export async function seesAll(tx: Transaction, view: View, { groups, classes }: NumberRanges): Promise<boolean> {
  if (view.everything) return true;
  const seen = viewCondition(view, 5);
  const [row] = await tx.query<{ all: boolean }>(
    `select
       (select coalesce(sum(upper(range.of) - lower(range.of)), 0) from unnest($3::int4multirange) range(of))
       = (select count(*) from unnest($3::int4multirange) range(of)
          join tree_nodes on tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = $2
            and tree_nodes.group_id >= lower(range.of) and tree_nodes.group_id < upper(range.of)
          where ${seen.group('tree_nodes')})
       and
       (select coalesce(sum(upper(range.of) - lower(range.of)), 0) from unnest($4::int4multirange) range(of))
       = (select count(*) from unnest($4::int4multirange) range(of)
          join classes on classes.tenant_id = $1
            and classes.id >= lower(range.of) and classes.id < upper(range.of)
          ${parentOfClass}
          where ${seen.klass('classes.id', 'parent')}) as all`,
    [tx.tenantId, view.hierarchyId, groups, classes, ...seen.parameters],
  );
  return row!.all;
}
