import type { Node, View } from '../../hierarchy/published';
import { groupBy } from '../../shared/group-by';
import { nestOf } from './nest';
import type { Source } from './plan';

/** Below every level: the cells. */
const belowAllLevels = 1_000_000;

/** A node that the view has shown to be visible, and where its figures are read. */
export interface Asked {
  node: Node;
  source: Source;
}

/** Puts a statement together and numbers its parameters. */
export class Statement {
  readonly parameters: unknown[] = [];

  add(value: unknown, type: string): string {
    return `$${this.parameters.push(value)}::${type}`;
  }
}

/**
 * Rows looked up for each row before them, in this order and no other. The database guesses badly about a tenant it has
 * no statistics of, and a guess must not decide whether a report takes a millisecond or a minute.
 */
export const lookUp = (select: string): string => `cross join lateral (${select} offset 0)`;

export const groupsOf = (asked: readonly Asked[]): Asked[] => asked.filter(({ node }) => node.kind === 'group');

export const rangesOf = (asked: readonly Asked[]) => asked.map(({ node: { id, pre, post } }) => ({ id, pre, post }));

/** The groups that are not read from their own rows, by the level they are read from. */
export function cutsOf(asked: readonly Asked[]): Map<number, Asked[]> {
  const below = groupsOf(asked).filter(({ source }) => source.read !== 'own');
  return groupBy(below, ({ source }) => (source.read === 'level' ? source.sequence : belowAllLevels));
}

/** Whose stored rows add up to each node, as a select of the node's public id, the hierarchy and the owner. */
export function owners(statement: Statement, view: View, asked: readonly Asked[]): string {
  const parts: string[] = [];
  // The tenant's own row is of no hierarchy; a parameter that no part uses would be refused.
  const hierarchy = asked.some(({ node }) => node.kind !== 'tenant') ? statement.add(view.hierarchyId, 'int') : '';
  const own = asked.filter(({ node, source }) => source.read === 'own' && node.kind === 'group');
  if (own.length > 0) {
    parts.push(`
      select own.key, ${hierarchy} as hierarchy_id, own.owner_id
      from unnest(${statement.add(own.map(({ node }) => node.id), 'text[]')},
                  ${statement.add(own.map(({ node }) => node.number), 'int[]')}) own(key, owner_id)`);
  }
  const tenant = asked.find(({ node }) => node.kind === 'tenant');
  if (tenant) parts.push(`select ${statement.add(tenant.node.id, 'text')} as key, 0 as hierarchy_id, 0 as owner_id`);
  const other = asked.find(({ node }) => node.kind === 'other');
  if (other) {
    parts.push(`
      select ${statement.add(other.node.id, 'text')} as key, 0 as hierarchy_id, cells.id as owner_id
      from cells
      where cells.tenant_id = $1 and not exists (
        select from cell_parents
        ${lookUp(`
          select from tree_nodes
          where tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = ${hierarchy}
            and tree_nodes.group_id = cell_parents.parent_id`)} connected
        where cell_parents.tenant_id = $1
          and cell_parents.hierarchy_id = ${hierarchy} and cell_parents.cell_id = cells.id
        offset 0)`);
  }
  const cut = asked.filter(({ node, source }) => node.kind === 'group' && source.read !== 'own');
  if (cut.length > 0) {
    for (const { from, hierarchyId, owner } of ownersBelow(statement, hierarchy, cut)) {
      parts.push(`select asked.key, ${hierarchyId}, owner.id from ${from} ${lookUp(owner)} owner(id)`);
    }
  }
  return parts.join('\nunion all\n');
}

/** Owners of one kind: of each asked part (key, pre, post, cut) a select of their ids, and their hierarchy. */
interface OwnersBelow {
  from: string;
  hierarchyId: string;
  owner: string;
}

/** Whose stored rows add up to groups that are read from a lower level or from the cells. */
function ownersBelow(statement: Statement, hierarchy: string, cut: readonly Asked[]): OwnersBelow[] {
  const ranges = [...cutsOf(cut)].flatMap(([level, nodes]) => nestOf(rangesOf(nodes)).parts.map(part => ({ ...part, level })));
  const asked = (of: typeof ranges): string => `unnest(
    ${statement.add(of.map(({ id }) => id), 'text[]')},
    ${statement.add(of.map(({ pre }) => pre), 'int[]')},
    ${statement.add(of.map(({ post }) => post), 'int[]')},
    ${statement.add(of.map(({ level }) => level), 'int[]')}
  ) asked(key, pre, post, cut)`;
  const below = (condition: string): string => `
    select tree_nodes.group_id from tree_nodes
    where tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = ${hierarchy}
      and tree_nodes.pre between asked.pre and asked.post and ${condition}`;
  const cellsUnder = (nodes: string): string => `
    select cell.id from (${nodes} offset 0) node
    ${lookUp(`
      select cell_parents.cell_id as id from cell_parents
      where cell_parents.tenant_id = $1 and cell_parents.hierarchy_id = ${hierarchy}
        and cell_parents.parent_id = node.group_id`)} cell`;
  const fromCells = ranges.filter(({ level }) => level === belowAllLevels);
  const fromLevels = ranges.filter(({ level }) => level !== belowAllLevels);
  const found: OwnersBelow[] = [];
  if (fromLevels.length > 0) {
    const from = asked(fromLevels);
    // The nodes of the level, and those that stand in for it where a branch skips it; and classes that hang above it.
    const level = `${below('tree_nodes.level = asked.cut')} union all ${below(
      'tree_nodes.stand_in and tree_nodes.level > asked.cut and tree_nodes.parent_level < asked.cut',
    )}`;
    const above = `
      select node.group_id
      from (
        select hierarchy_levels.sequence from hierarchy_levels
        where hierarchy_levels.hierarchy_id = ${hierarchy} and hierarchy_levels.sequence < asked.cut
        offset 0
      ) higher
      ${lookUp(below('tree_nodes.level = higher.sequence and tree_nodes.direct_classes > 0'))} node`;
    found.push({ from, hierarchyId: hierarchy, owner: level }, { from, hierarchyId: '0', owner: cellsUnder(above) });
  }
  if (fromCells.length > 0) {
    found.push({ from: asked(fromCells), hierarchyId: '0', owner: cellsUnder(below('tree_nodes.direct_classes > 0')) });
  }
  return found;
}
