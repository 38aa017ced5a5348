import { renameOrgs, moveSchool } from '../../roster/published-changes';
import { BadInput } from '../../shared/bad-input';
import type { Transaction } from '../../shared/database/database';
import { publicId } from '../../shared/identifiers';
import { lockLoad } from '../bundle.queries';
import { placeAll } from '../placements/place';
import { lockTree } from '../placements/tree.queries';
import { deleteGroup, moveGrants, renameGroups, selectGroupsToRehome, selectHanging, selectTreeIds, type GroupRow } from './rehome.queries';

/** A group's external id, and the one that it has from now on. */
export interface Rehoming {
  /** Where it stands in the file. */
  line: number;
  oldId: string;
  newId: string;
  /** Needed where groups of several types have the old id. */
  type: string | null;
}

/** What became of the rows. */
export interface Rehomed {
  /** Groups that have another id now. */
  renamed: number;
  /** Groups that have become part of another. */
  merged: number;
  /** Rows that change nothing. */
  unchanged: number;
}

const mostTold = 20;
const types = ['country', 'state', 'district', 'school_district', 'block', 'cluster', 'school'];
const keyOf = (type: string, externalId: string): string => `${type} ${externalId}`;

/**
 * Follows a customer's source that has renumbered its groups, or merged some. All ids change at once. A group whose new id
 * nobody has keeps all it has under it. Where a group has it, or several get the same, the others become part of one: what
 * hangs under them in any hierarchy hangs under that one, with its figures, and so do grants and schools of classes. All or
 * nothing; a tenant's totals never change.
 */
export async function rehome(tx: Transaction, rows: readonly Rehoming[], now: Date): Promise<Rehomed> {
  await lockLoad(tx);
  for (const hierarchyId of await selectTreeIds(tx)) await lockTree(tx, hierarchyId);
  const known = await selectGroupsToRehome(tx, [...new Set(rows.flatMap(({ oldId, newId }) => [oldId, newId]))]);
  const { moves, unchanged } = resolve(rows, known);
  const leaving = new Set(moves.map(({ group }) => group.id));
  const standing = new Map(known.filter(({ id }) => !leaving.has(id)).map(group => [keyOf(group.type, group.externalId), group.id]));
  const renamed: { id: number; externalId: string }[] = [];
  const merged: { from: GroupRow; into: number }[] = [];
  for (const { group, newId } of moves) {
    const key = keyOf(group.type, newId);
    const into = standing.get(key);
    if (into === undefined) {
      renamed.push({ id: group.id, externalId: newId });
      standing.set(key, group.id);
    } else merged.push({ from: group, into });
  }
  // From above: what hangs under a group hangs under the one it became before it is looked at itself.
  merged.sort((a, b) => types.indexOf(a.from.type) - types.indexOf(b.from.type));
  for (const { from, into } of merged) await merge(tx, { from: from.id, into });
  await renameGroups(tx, renamed, now);
  await renameOrgs(tx, moves.map(({ group, newId }) => ({ oldId: group.externalId, newId })));
  return { renamed: renamed.length, merged: merged.length, unchanged };
}

interface Move {
  group: GroupRow;
  newId: string;
}

/** Finds the groups that rows mean; says of all rows at once what is wrong with them. */
function resolve(rows: readonly Rehoming[], known: readonly GroupRow[]): { moves: Move[]; unchanged: number } {
  const problems: string[] = [];
  const moves = new Map<number, Move>();
  let unchanged = 0;
  for (const { line, oldId, newId, type } of rows) {
    const found = known.filter(group => group.externalId === oldId && (type === null || group.type === type));
    const [group] = found;
    if (!group) problems.push(`line ${line}: there is no ${type ?? 'group'} '${oldId}'`);
    else if (found.length > 1) {
      problems.push(`line ${line}: groups of several types have the id '${oldId}': ${found.map(one => one.type).join(', ')}; please name one in the column type`);
    } else if (oldId === newId || moves.get(group.id)?.newId === newId) unchanged++;
    else if (moves.has(group.id)) problems.push(`line ${line}: '${oldId}' became '${moves.get(group.id)!.newId}' in an earlier line, '${newId}' here`);
    else moves.set(group.id, { group, newId });
  }
  if (problems.length > 0) {
    const more = problems.length > mostTold ? [`and ${problems.length - mostTold} more`] : [];
    throw new BadInput([...problems.slice(0, mostTold), ...more].join('\n'));
  }
  return { moves: [...moves.values()], unchanged };
}

/** Hangs all that hangs under one group under another of its type, and deletes it. */
async function merge(tx: Transaction, { from, into }: { from: number; into: number }): Promise<void> {
  const places = new Map((await selectHanging(tx, into)).map(place => [place.hierarchyKey, place.parent]));
  for (const { hierarchyKey, parent, groups, classes } of await selectHanging(tx, from)) {
    const parentId = publicId('group', into);
    if (typeof parent === 'number' && typeof places.get(hierarchyKey) !== 'number') {
      await placeAll(tx, [{ hierarchyKey, childId: parentId, parentId: publicId('group', parent) }]);
    }
    const below = [...groups.map(id => publicId('group', id)), ...classes.map(id => publicId('class', id))];
    await placeAll(tx, below.map(childId => ({ hierarchyKey, childId, parentId })));
    await placeAll(tx, [{ hierarchyKey, childId: publicId('group', from), parentId: null }]);
  }
  await moveGrants(tx, { from, into });
  await moveSchool(tx, { from, into });
  await deleteGroup(tx, from);
}
