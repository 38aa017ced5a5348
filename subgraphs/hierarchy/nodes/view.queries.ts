import type { Caller } from '../../shared/access/caller';
import type { Transaction } from '../../shared/database/database';

/** A part of a tree: the nodes whose pre-order number is in the range, both ends included. */
export interface Range {
  groupId: number;
  pre: number;
  post: number;
}

/** What of a hierarchy a caller sees. */
export interface View {
  /** Names the view among all of a tenant's: whose it is, in which roles, of which hierarchy. */
  key: string;
  hierarchyId: number;
  hierarchyKey: string;
  hierarchyVersion: number;
  /** The whole tenant: nothing is filtered. The rest is then empty. */
  everything: boolean;
  /** The topmost nodes all of whose classes are covered; every node with classes in these ranges is visible. */
  covered: Range[];
  /** The granted groups with empty nodes in this hierarchy; every node without classes in these ranges is visible. */
  granted: Range[];
  /** Covered classes that hang in the tree, outside the covered ranges. */
  hungClasses: number[];
  /** Covered classes that this hierarchy does not connect to a root. */
  uncategorisedClasses: number[];
}

export const seesNothing = (view: View): boolean =>
  !view.everything &&
  view.covered.length + view.granted.length + view.hungClasses.length + view.uncategorisedClasses.length === 0;

/** Whose grants count. */
export const holdsGrants = ({ roles }: Caller): boolean =>
  roles.has('TEACHER') || roles.has('OFFICER') || roles.has('PARTNER');

interface HierarchyRef {
  id: number;
  key: string;
  version: number;
}

/**
 * The caller's view through a hierarchy. A class is covered below a granted group in the tenant's own hierarchy (or,
 * where the group does not stand there, in those where it does), and as a teacher's own active class. A node is visible
 * when it has classes and all of them are covered.
 */
export async function selectView(tx: Transaction, caller: Caller, hierarchy: HierarchyRef): Promise<View> {
  const isTeacher = caller.roles.has('TEACHER');
  const withGrants = holdsGrants(caller);
  const view: View = {
    key: JSON.stringify([caller.personId, caller.tenantWide, withGrants, isTeacher, hierarchy.key]),
    hierarchyId: hierarchy.id,
    hierarchyKey: hierarchy.key,
    hierarchyVersion: hierarchy.version,
    everything: caller.tenantWide,
    covered: [],
    granted: [],
    hungClasses: [],
    uncategorisedClasses: [],
  };
  const known = tx.memory.recall<View>(`view ${view.key}`);
  if (known) return known;
  if (view.everything || !withGrants) return view;

  const rows = await tx.query<{ kind: 'covered' | 'granted' | 'hung' | 'uncategorised'; id: number; pre: number; post: number }>(
    viewStatement,
    [tx.tenantId, caller.personId, hierarchy.id, isTeacher],
  );
  for (const { kind, id, pre, post } of rows) {
    if (kind === 'covered' || kind === 'granted') view[kind].push({ groupId: id, pre, post });
    else if (kind === 'hung') view.hungClasses.push(id);
    else view.uncategorisedClasses.push(id);
  }
  return tx.memory.remember(`view ${view.key}`, view, rows.length);
}

/**
 * Where a person's grants cover classes, as CTEs named standing and covering; $1 is the tenant, $2 the person: in the
 * tenant's own hierarchy or, where the granted group does not stand there, in those where it does.
 */
export const coveringStatement = `
  standing as materialized (
    select tree_nodes.hierarchy_id, tree_nodes.group_id, tree_nodes.pre, tree_nodes.post,
      tree_nodes.hierarchy_id = tenant_settings.applicable_hierarchy_id as in_own
    from access_grants
    join tenant_settings on tenant_settings.tenant_id = $1
    join tree_nodes on tree_nodes.tenant_id = $1 and tree_nodes.group_id = access_grants.group_id
    where access_grants.tenant_id = $1 and access_grants.person_id = $2
  ),
  covering as (
    select standing.hierarchy_id, standing.pre, standing.post
    from standing
    where standing.in_own
       or not exists (select from standing own where own.group_id = standing.group_id and own.in_own)
  )`;

const viewStatement = `
  with ${coveringStatement},
  covered as materialized (
    select class_placements.class_id
    from covering
    join tree_nodes on tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = covering.hierarchy_id
      and tree_nodes.pre between covering.pre and covering.post
    join class_placements on class_placements.tenant_id = $1
      and class_placements.hierarchy_id = covering.hierarchy_id and class_placements.parent_id = tree_nodes.group_id
    union
    select enrolments.class_id
    from enrolments
    join classes on classes.tenant_id = $1 and classes.id = enrolments.class_id and classes.active
    where enrolments.tenant_id = $1 and enrolments.person_id = $2
      and enrolments.type = 'TEACHER' and enrolments.status = 'ACTIVE' and $4::boolean
  ),
  placed as materialized (
    select covered.class_id, tree_nodes.group_id as parent_id, tree_nodes.pre
    from covered
    left join class_placements on class_placements.tenant_id = $1
      and class_placements.hierarchy_id = $3 and class_placements.class_id = covered.class_id
    left join tree_nodes on tree_nodes.tenant_id = $1
      and tree_nodes.hierarchy_id = $3 and tree_nodes.group_id = class_placements.parent_id
  ),
  direct as (
    select placed.parent_id, count(*) as classes from placed where placed.parent_id is not null group by placed.parent_id
  ),
  climbed as (
    select above.group_id, sum(direct.classes) as classes
    from direct
    join tree_nodes on tree_nodes.tenant_id = $1
      and tree_nodes.hierarchy_id = $3 and tree_nodes.group_id = direct.parent_id
    cross join lateral unnest(tree_nodes.path) above(group_id)
    group by above.group_id
  ),
  wholly as materialized (
    select tree_nodes.group_id, tree_nodes.parent_id, tree_nodes.pre, tree_nodes.post
    from climbed
    join tree_nodes on tree_nodes.tenant_id = $1
      and tree_nodes.hierarchy_id = $3 and tree_nodes.group_id = climbed.group_id
    where tree_nodes.classes = climbed.classes
  ),
  topmost as materialized (
    select wholly.group_id, wholly.pre, wholly.post
    from wholly
    where not exists (select from wholly above where above.group_id = wholly.parent_id)
  )
  select 'covered' as kind, topmost.group_id as id, topmost.pre, topmost.post from topmost
  union all
  select 'granted', standing.group_id, standing.pre, standing.post
  from standing
  where standing.hierarchy_id = $3 and exists (
    select from tree_nodes
    where tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = $3
      and tree_nodes.pre between standing.pre and standing.post and tree_nodes.classes = 0
  )
  union all
  select case when placed.parent_id is null then 'uncategorised' else 'hung' end, placed.class_id, null, null
  from placed
  where placed.parent_id is null
     or not exists (select from topmost where placed.pre between topmost.pre and topmost.post)`;

/**
 * The view as a condition of a statement, beside the tenant's: `parameters` go in order behind those already there.
 * `group` is true of a visible tree node, `klass` of a visible class whose parent's tree node (or null) is joined.
 */
export function viewCondition(view: View, first: number) {
  const at = (offset: number, type: string) => `$${first + offset}::${type}`;
  const within = (offset: number, node: string) =>
    `exists (select from unnest(${at(offset, 'int[]')}, ${at(offset + 1, 'int[]')}) seen(pre, post)
             where ${node}.pre between seen.pre and seen.post)`;
  return {
    parameters: [
      view.everything,
      view.covered.map(range => range.pre),
      view.covered.map(range => range.post),
      view.granted.map(range => range.pre),
      view.granted.map(range => range.post),
      view.hungClasses,
      view.uncategorisedClasses,
    ],
    group: (node: string) =>
      `(${at(0, 'boolean')} or case when ${node}.classes > 0 then ${within(1, node)} else ${within(3, node)} end)`,
    klass: (id: string, parentNode: string) =>
      `(${at(0, 'boolean')} or ${id} = any(${at(5, 'int[]')}) or ${id} = any(${at(6, 'int[]')}) or ${within(1, parentNode)})`,
    /** True of a covered class outside the covered ranges: it stands at the top of the view. */
    hungClass: (id: string) => `${id} = any(${at(5, 'int[]')})`,
  };
}
