import type { Transaction } from '../../shared/database/database';
import { addToStored, everyContext, keptFactsWhere, measuresOf, signedMeasures } from './stored.queries';

/** A group's place in a tree, for what must follow when it changes. */
export interface Standing {
  /** The groups at or below. */
  groups: number[];
  /** Those of them whose sums are stored. */
  storedGroups: number[];
  /** The stored groups above. */
  storedAbove: number[];
}

/** Where a group stands; all empty where it is no node. */
export async function selectStanding(tx: Transaction, hierarchyId: number, groupId: number): Promise<Standing> {
  const [row] = await tx.query<Standing>(
    `select coalesce(array_agg(below.group_id), '{}') as groups,
       coalesce(array_agg(below.group_id) filter (where below.stored), '{}') as "storedGroups",
       coalesce((
         select array_agg(above.group_id) from tree_nodes above
         where above.tenant_id = $1 and above.hierarchy_id = $2 and above.stored
           and above.group_id = any(node.path) and above.group_id <> node.group_id
       ), '{}') as "storedAbove"
     from tree_nodes node
     join tree_nodes below on below.tenant_id = $1 and below.hierarchy_id = $2 and below.pre between node.pre and node.post
     where node.tenant_id = $1 and node.hierarchy_id = $2 and node.group_id = $3
     group by node.group_id, node.path`,
    [tx.tenantId, hierarchyId, groupId],
  );
  return row ?? { groups: [], storedGroups: [], storedAbove: [] };
}

/** The stored groups at or above a group: those a class directly under it counts in. */
export async function selectStoredFrom(tx: Transaction, hierarchyId: number, groupId: number): Promise<number[]> {
  const rows = await tx.query<{ group_id: number }>(
    `select above.group_id from tree_nodes node
     join tree_nodes above on above.tenant_id = $1 and above.hierarchy_id = $2
       and above.group_id = any(node.path) and above.stored
     where node.tenant_id = $1 and node.hierarchy_id = $2 and node.group_id = $3`,
    [tx.tenantId, hierarchyId, groupId],
  );
  return rows.map(row => row.group_id);
}

/** Every stored group of a tree. */
export async function selectAllStored(tx: Transaction, hierarchyId: number): Promise<number[]> {
  const rows = await tx.query<{ group_id: number }>(
    `select tree_nodes.group_id from tree_nodes
     where tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = $2 and tree_nodes.stored`,
    [tx.tenantId, hierarchyId],
  );
  return rows.map(row => row.group_id);
}

/** Whose sums change, by how often the moved sums are added: 1 or -1. */
export interface Change {
  hierarchyId: number;
  owner: number;
  sign: 1 | -1;
}

const changesOf = (changes: Change[]): unknown[] => [
  changes.map(change => change.hierarchyId),
  changes.map(change => change.owner),
  changes.map(change => change.sign),
];

/**
 * Adds what is stored of a class to some owners and takes it from others: its facts without those that still wait as
 * deltas. Both are of one statement's moment, so what is accepted while the class moves is folded where it hangs then.
 */
export async function shiftClass(tx: Transaction, classId: number, changes: Change[]): Promise<void> {
  if (changes.length === 0) return;
  await tx.query(
    addToStored(`
      select change.hierarchy_id, change.owner_id, kept.context_id, kept.day, ${signedMeasures('kept')}
      from (${keptFactsWhere(table => `${table}.class_id = $2`)}) kept
      cross join unnest($3::int[], $4::int[], $5::int[]) change(hierarchy_id, owner_id, sign)`),
    [tx.tenantId, classId, ...changesOf(changes)],
  );
}

/** Adds the sums of the cells that hang under some groups to some owners and takes them from others. */
export async function shiftGroups(
  tx: Transaction,
  { hierarchyId, groups, changes }: { hierarchyId: number; groups: readonly number[]; changes: Change[] },
): Promise<void> {
  if (changes.length === 0 || groups.length === 0) return;
  await tx.query(
    addToStored(`
      select change.hierarchy_id, change.owner_id, cell.context_id, cell.day, ${signedMeasures('cell')}
      from cell_parents
      cross join lateral (
        select aggregates.context_id, aggregates.start as day, ${measuresOf('aggregates')} from aggregates
        where aggregates.tenant_id = $1 and aggregates.hierarchy_id = 0 and aggregates.owner_id = cell_parents.cell_id
          and aggregates.grain = 1 and aggregates.context_id = any(${everyContext})
        offset 0 -- looked up cell by cell, whatever the statistics say
      ) cell
      cross join unnest($4::int[], $5::int[], $6::int[]) change(hierarchy_id, owner_id, sign)
      where cell_parents.tenant_id = $1 and cell_parents.hierarchy_id = $2 and cell_parents.parent_id = any($3)`),
    [tx.tenantId, hierarchyId, groups, ...changesOf(changes)],
  );
}

/** Adds a group's own stored sums to some owners and takes them from others: a state's move reads the state's rows. */
export async function shiftStored(
  tx: Transaction,
  { hierarchyId, groupId, changes }: { hierarchyId: number; groupId: number; changes: Change[] },
): Promise<void> {
  if (changes.length === 0) return;
  await tx.query(
    addToStored(`
      select change.hierarchy_id, change.owner_id, aggregates.context_id, aggregates.start as day,
        ${signedMeasures('aggregates')}
      from aggregates
      cross join unnest($4::int[], $5::int[], $6::int[]) change(hierarchy_id, owner_id, sign)
      where aggregates.tenant_id = $1 and aggregates.hierarchy_id = $2 and aggregates.owner_id = $3
        and aggregates.grain = 1 and aggregates.context_id = any(${everyContext})`),
    [tx.tenantId, hierarchyId, groupId, ...changesOf(changes)],
  );
}
