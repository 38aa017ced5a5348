import type { Transaction } from '../../shared/database/database';
import { publicId } from '../../shared/identifiers';
import { viewCondition, type View } from './view.queries';

/** A group or class as a hierarchy places it; or one of the nodes that no placement makes: tenant, other, scope. */
export interface Node {
  /** The public id. */
  id: string;
  /** `scopeOther` is the bucket of those uncategorised classes that its reader may see, `other` the tenant's. */
  kind: 'group' | 'class' | 'tenant' | 'scope' | 'other' | 'scopeOther';
  /** Our number of the group or class. */
  number: number;
  hierarchyKey: string;
  externalId: string | null;
  name: string;
  type: string;
  /** The level's sequence; a class stands below every level. */
  level: number;
  /** Active classes at or below. */
  classCount: number;
  parentGroup: number | null;
  /** Groups from the root to this node, itself included; of a class, to its parent. Empty in 'other'. */
  path: number[];
  /** What is below a group has its pre-order number in this range. */
  pre: number;
  post: number;
  /** Whether a group's sums are kept: its level is stored, or it stands in for a stored level its branch skips. */
  stored: boolean;
  /** How many groups of each level, by its sequence, are below a group. */
  below: Record<string, number>;
  /** Classes at or below, inactive ones too. */
  allClasses: number;
}

export const levelOfClasses = 1000;

export interface NodeRow extends Omit<Node, 'id' | 'hierarchyKey'> {
  visible: boolean;
}

export const groupColumns = `
  'group' as kind, groups.id as number, groups.external_id as "externalId", groups.name, groups.type,
  tree_nodes.level, tree_nodes.active_classes as "classCount", tree_nodes.parent_id as "parentGroup",
  tree_nodes.path, tree_nodes.pre, tree_nodes.post, tree_nodes.stored, tree_nodes.below,
  tree_nodes.classes as "allClasses"`;

export const classColumns = `
  'class' as kind, classes.id as number, classes.external_id as "externalId", classes.name, 'class' as type,
  ${levelOfClasses} as level, case when classes.active then 1 else 0 end as "classCount",
  parent.group_id as "parentGroup", coalesce(parent.path, '{}') as path, 0 as pre, 0 as post,
  false as stored, '{}'::jsonb as below, 1 as "allClasses"`;

export const parentOfClass = `
  left join class_placements on class_placements.tenant_id = classes.tenant_id
    and class_placements.hierarchy_id = $2 and class_placements.class_id = classes.id
  left join tree_nodes parent on parent.tenant_id = classes.tenant_id
    and parent.hierarchy_id = $2 and parent.group_id = class_placements.parent_id`;

export type Found = { node: Node; visible: boolean };

export const found = (view: View, { visible, ...row }: NodeRow): Found => ({
  visible,
  node: { ...row, id: publicId(row.kind === 'class' ? 'class' : 'group', row.number), hierarchyKey: view.hierarchyKey },
});

/** The nodes of these groups and classes, each with whether the view shows it. What has no node is left out. */
export async function selectNodes(tx: Transaction, view: View, ids: { groups: number[]; classes: number[] }): Promise<Found[]> {
  const seen = viewCondition(view, 5);
  const rows = await tx.query<NodeRow>(
    `select ${groupColumns}, ${seen.group('tree_nodes')} as visible
     from groups
     join tree_nodes on tree_nodes.tenant_id = groups.tenant_id
       and tree_nodes.hierarchy_id = $2 and tree_nodes.group_id = groups.id
     where groups.tenant_id = $1 and groups.id = any($3)
     union all
     select ${classColumns}, ${seen.klass('classes.id', 'parent')}
     from classes ${parentOfClass}
     where classes.tenant_id = $1 and classes.id = any($4)`,
    [tx.tenantId, view.hierarchyId, ids.groups, ids.classes, ...seen.parameters],
  );
  return rows.map(row => found(view, row));
}

/** The group or class with a customer's identifier; null where there is none. */
export async function selectNumberByExternalId(
  tx: Transaction,
  type: string,
  externalId: string,
): Promise<{ kind: 'group' | 'class'; number: number } | null> {
  const rows = await tx.query<{ kind: 'group' | 'class'; number: number }>(
    `select 'group' as kind, groups.id as number from groups
     where groups.tenant_id = $1 and groups.type = $2 and groups.external_id = $3
     union all
     select 'class', classes.id from classes
     where classes.tenant_id = $1 and $2 = 'class' and classes.external_id = $3`,
    [tx.tenantId, type, externalId],
  );
  return rows[0] ?? null;
}

/** Whose children are asked for: a group's, the tree's roots, the topmost nodes of the view, or the classes of 'other'. */
export type ParentKey = number | 'roots' | 'topmost' | 'other';

const isSpecial = (parent: ParentKey): parent is Exclude<ParentKey, number> => typeof parent !== 'number';

export interface ChildrenPage {
  parent: ParentKey;
  nodes: Node[];
  totalCount: number;
  hasMore: boolean;
}

export interface PageBounds {
  /** How many at most; null for all. */
  first: number | null;
  /** Only what comes after this element in the order level, name, id. */
  after: { level: number; name: string; id: number } | null;
}

/**
 * The visible children of several parents, in the order level, name (root collation), id; one statement however many
 * parents and children. `totalCount` counts all visible children of the parent, not the page.
 */
export async function selectChildren(
  tx: Transaction,
  { view, parents, bounds }: { view: View; parents: ParentKey[]; bounds: PageBounds },
): Promise<Map<ParentKey, ChildrenPage>> {
  const seen = viewCondition(view, 8);
  const pages = new Map<ParentKey, ChildrenPage>(
    parents.map(parent => [parent, { parent, nodes: [], totalCount: 0, hasMore: false }]),
  );
  const asked = (special: ParentKey) => parents.includes(special);
  // A class or an empty node that is seen although its parent is not stands at the top of the view.
  const topmost = asked('topmost')
    ? `union all
       select 'topmost', ${groupColumns}
       from tree_nodes
       join groups on groups.tenant_id = tree_nodes.tenant_id and groups.id = tree_nodes.group_id
       left join tree_nodes above on above.tenant_id = tree_nodes.tenant_id
         and above.hierarchy_id = tree_nodes.hierarchy_id and above.group_id = tree_nodes.parent_id
       where tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = $2 and ${seen.group('tree_nodes')}
         and (above.group_id is null or not ${seen.group('above')})
       union all
       select 'topmost', ${classColumns}
       from classes ${parentOfClass}
       where classes.tenant_id = $1 and ${seen.hungClass('classes.id')}`
    : '';
  const roots = asked('roots')
    ? `union all
       select 'roots', ${groupColumns}
       from tree_nodes
       join groups on groups.tenant_id = tree_nodes.tenant_id and groups.id = tree_nodes.group_id
       where tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = $2 and tree_nodes.parent_id is null
         and ${seen.group('tree_nodes')}`
    : '';
  const other = asked('other')
    ? `union all
       select 'other', ${classColumns}
       from classes ${parentOfClass}
       where classes.tenant_id = $1 and parent.group_id is null and ${seen.klass('classes.id', 'parent')}`
    : '';
  const rows = await tx.query<NodeRow & { parent: string; total: string; ordinal: string; wanted: boolean }>(
    `with children as (
       select tree_nodes.parent_id::text as parent, ${groupColumns}
       from tree_nodes
       join groups on groups.tenant_id = tree_nodes.tenant_id and groups.id = tree_nodes.group_id
       where tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = $2 and tree_nodes.parent_id = any($3)
         and ${seen.group('tree_nodes')}
       union all
       select parent.group_id::text, ${classColumns}
       from classes ${parentOfClass.replaceAll('left join', 'join')}
       where classes.tenant_id = $1 and class_placements.parent_id = any($3) and ${seen.klass('classes.id', 'parent')}
       ${roots} ${topmost} ${other}
     ),
     marked as (
       select children.*, count(*) over (partition by children.parent) as total,
         $4::int is null
           or (children.level, children.name collate "und-x-icu", children.number) > ($4, $5::text, $6::int) as wanted
       from children
     ),
     numbered as (
       select marked.*, row_number() over (
         partition by marked.parent, marked.wanted
         order by marked.level, marked.name collate "und-x-icu", marked.number) as ordinal
       from marked
     )
     select numbered.* from numbered
     where numbered.ordinal = 1 or (numbered.wanted and ($7::int is null or numbered.ordinal <= $7 + 1))
     order by numbered.parent, numbered.level, numbered.name collate "und-x-icu", numbered.number`,
    [
      tx.tenantId,
      view.hierarchyId,
      parents.filter(parent => !isSpecial(parent)),
      bounds.after?.level ?? null,
      bounds.after?.name ?? null,
      bounds.after?.id ?? null,
      bounds.first,
      ...seen.parameters,
    ],
  );
  // Each parent with children has at least one row, for its total; the wanted ones are of the page, and one behind it shows that there is more.
  for (const { parent, total, ordinal, wanted, ...row } of rows) {
    const page = pages.get(/^\d+$/.test(parent) ? Number(parent) : (parent as ParentKey))!;
    page.totalCount = Number(total);
    if (!wanted) continue;
    if (bounds.first === null || Number(ordinal) <= bounds.first) page.nodes.push(found(view, row).node);
    else page.hasMore = true;
  }
  return pages;
}
