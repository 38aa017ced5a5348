import type { Node, View } from '../../hierarchy/published';
import type { Transaction } from '../../shared/database/database';
import { groupBy } from '../../shared/group-by';
import { nestOf, type Range } from './nest';
import type { Source } from './plan';

/** Below every level: the cells. */
const belowAllLevels = 1_000_000;

/** Of nodes: classes hang under it. */
export const withClasses = 'tree_nodes.direct_classes > 0';

/** A node that the view has shown to be visible, and where its figures are read. */
export interface Asked {
  node: Node;
  source: Source;
}

/** Puts a statement together and numbers its parameters. $1 is the tenant. */
export class Statement {
  readonly parameters: unknown[];

  constructor({ tenantId }: Pick<Transaction, 'tenantId'>) {
    this.parameters = [tenantId];
  }

  add(value: unknown, type: string): string {
    return `$${this.parameters.push(value)}::${type}`;
  }
}

/**
 * Rows looked up for each row before them, in this order and no other. The database guesses badly about a tenant it has
 * no statistics of, and a guess must not decide whether a report takes a millisecond or a minute.
 */
export const lookUp = (select: string): string => `cross join lateral (${select} offset 0)`;

/** Joins `parent`, with its place in the tree: what a class hangs under in a hierarchy, if anything. */
export const parentOf = (classId: string, hierarchy: string): string => `
  left join lateral (
    select tree_nodes.pre from class_placements
    ${lookUp(`
      select tree_nodes.pre from tree_nodes
      where tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = ${hierarchy}
        and tree_nodes.group_id = class_placements.parent_id`)} tree_nodes
    where class_placements.tenant_id = $1
      and class_placements.hierarchy_id = ${hierarchy} and class_placements.class_id = ${classId}
    offset 0
  ) parent on true`;

/**
 * Numbers with the places that belong to them, from a select of both, as one row of two arrays: sorted, so that rows
 * that are read for all the numbers in one go find their place by halving, in whatever order they are read.
 */
export const placesByNumber = (rows: string): string => `(
  select array_agg(given.id order by given.id) as ids, array_agg(given.place order by given.id) as places
  from (${rows} offset 0) given)`; // else the arrays that a place is taken from would be sorted with every row

export const groupsOf = (asked: readonly Asked[]): Asked[] => asked.filter(({ node }) => node.kind === 'group');

export const rangesOf = (asked: readonly Asked[]) => asked.map(({ node: { id, pre, post } }) => ({ id, pre, post }));

/** The groups that are not read from their own rows, by the level they are read from. */
export function cutsOf(asked: readonly Asked[]): Map<number, Asked[]> {
  const below = groupsOf(asked).filter(({ source }) => source.read !== 'own');
  return groupBy(below, ({ source }) => (source.read === 'level' ? source.sequence : belowAllLevels));
}

/** Owners of one hierarchy (0: the tenant and the cells), none of them twice, whose stored rows add up to some nodes. */
export interface OwnerSet {
  hierarchyId: string;
  /** The nodes' public ids. */
  keys: string;
  /** Whether the nodes are only what of them is below a cut. */
  cut: boolean;
  /** Where they are known: the owner of each of the keys, in order of their numbers. */
  owners?: string;
  /** A select of each owner and the place of its node among the keys, counted from 1. */
  rows: string;
}

/** Whose stored rows add up to each node. */
export function ownerSets(statement: Statement, view: View, asked: readonly Asked[]): OwnerSet[] {
  const sets: OwnerSet[] = [];
  // The tenant's own row is of no hierarchy; a parameter that no part uses would be refused.
  const hierarchy = asked.some(({ node }) => node.kind !== 'tenant') ? statement.add(view.hierarchyId, 'int') : '';
  const known = (hierarchyId: string, nodes: { id: string; owner: number }[]): void => {
    const sorted = [...nodes].sort((a, b) => a.owner - b.owner);
    const keys = statement.add(sorted.map(({ id }) => id), 'text[]');
    const numbers = statement.add(sorted.map(({ owner }) => owner), 'int[]');
    const rows = `select own.id, own.place from unnest(${numbers}) with ordinality own(id, place)`;
    sets.push({ hierarchyId, keys, cut: false, owners: numbers, rows });
  };
  const own = groupsOf(asked).filter(({ source }) => source.read === 'own');
  if (own.length > 0) known(hierarchy, own.map(({ node }) => ({ id: node.id, owner: node.number })));
  const tenant = asked.find(({ node }) => node.kind === 'tenant');
  if (tenant) known('0', [{ id: tenant.node.id, owner: 0 }]);
  const other = asked.find(({ node }) => node.kind === 'other');
  if (other) {
    const keys = statement.add([other.node.id], 'text[]');
    sets.push({ hierarchyId: '0', keys, cut: false, rows: uncategorisedCells(hierarchy) });
  }
  for (const [level, nodes] of cutsOf(asked)) sets.push(...ownersBelow(statement, hierarchy, { level, nodes }));
  return sets;
}

/** The cells that hang under no root of a hierarchy. */
export const uncategorisedCells = (hierarchy: string): string => `
  select cells.id, 1 as place
  from cells
  where cells.tenant_id = $1 and not exists (
    select from cell_parents
    ${lookUp(`
      select from tree_nodes
      where tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = ${hierarchy}
        and tree_nodes.group_id = cell_parents.parent_id`)} connected
    where cell_parents.tenant_id = $1
      and cell_parents.hierarchy_id = ${hierarchy} and cell_parents.cell_id = cells.id
    offset 0)`;

/** The same as a select of the node's public id, the hierarchy and the owner. */
export const owners = (statement: Statement, view: View, asked: readonly Asked[]): string =>
  ownerSets(statement, view, asked)
    .map(({ keys, hierarchyId, rows }) =>
      `select (${keys})[owner.place] as key, ${hierarchyId} as hierarchy_id, owner.id as owner_id from (${rows}) owner`)
    .join('\nunion all\n');

/** Selects of what is in ranges of a tree, with the place of its range among them, counted from 1. */
export function belowRanges(statement: Statement, hierarchy: string, ranges: readonly Omit<Range, 'id'>[]) {
  const asked = `unnest(
    ${statement.add(ranges.map(({ pre }) => pre), 'int[]')},
    ${statement.add(ranges.map(({ post }) => post), 'int[]')}
  ) with ordinality asked(pre, post, place)`;
  /** The nodes of the range `asked`. */
  const below = (condition: string): string => `
    select tree_nodes.group_id from tree_nodes
    where tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = ${hierarchy}
      and tree_nodes.pre between asked.pre and asked.post and ${condition}`;
  const inRanges = (groups: string): string => `select node.id, asked.place from ${asked} ${lookUp(groups)} node(id)`;
  /** The cells that hang under such nodes. */
  const cellsUnder = (groups: string): string => `
    select cell.id, node.places[width_bucket(cell.parent_id, node.ids)] as place
    from ${placesByNumber(inRanges(groups))} node
    ${lookUp(`
      select cell_parents.cell_id as id, cell_parents.parent_id from cell_parents
      where cell_parents.tenant_id = $1 and cell_parents.hierarchy_id = ${hierarchy}
        and cell_parents.parent_id = any(node.ids)`)} cell`;
  return { inRanges, below, cellsUnder };
}

/** Whose stored rows add up to groups that are read from one lower level, or from the cells. */
function ownersBelow(
  statement: Statement,
  hierarchy: string,
  { level, nodes }: { level: number; nodes: readonly Asked[] },
): OwnerSet[] {
  const { parts } = nestOf(rangesOf(nodes));
  const keys = statement.add(parts.map(({ id }) => id), 'text[]');
  const { inRanges, below, cellsUnder } = belowRanges(statement, hierarchy, parts);
  const set = (hierarchyId: string, rows: string): OwnerSet => ({ hierarchyId, keys, cut: true, rows });
  if (level === belowAllLevels) return [set('0', cellsUnder(below(withClasses)))];
  const cut = statement.add(level, 'int');
  // The nodes of the level, and those that stand in for it where a branch skips it; and classes that hang above it.
  const standing = `tree_nodes.stand_in and tree_nodes.level > ${cut} and tree_nodes.parent_level < ${cut}`;
  const above = `
    select node.group_id
    from (
      select hierarchy_levels.sequence from hierarchy_levels
      where hierarchy_levels.hierarchy_id = ${hierarchy} and hierarchy_levels.sequence < ${cut}
      offset 0
    ) higher
    ${lookUp(below(`tree_nodes.level = higher.sequence and ${withClasses}`))} node`;
  return [
    set(hierarchy, inRanges(`${below(`tree_nodes.level = ${cut}`)} union all ${below(standing)}`)),
    set('0', cellsUnder(above)),
  ];
}
