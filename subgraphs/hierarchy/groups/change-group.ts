import { moveGroup } from '../../reporting/published';
import type { Transaction } from '../../shared/database/database';
import { violates } from '../../shared/database/violations';
import { badInput, notFound, Problem } from '../../shared/errors';
import { groupNumber } from '../../shared/identifiers';
import { selectLevels } from '../hierarchies/hierarchy.queries';
import { selectSurroundings } from '../placements/placement.queries';
import { growVersion, lockEveryTree, lockTree, rebuildTree } from '../placements/tree.queries';
import { GroupEntity } from './group.entity';
import type { CreateGroupInput } from './group.type';

export async function createGroup(tx: Transaction, input: CreateGroupInput, now: Date): Promise<GroupEntity> {
  const columns = checkInput(input);
  const groups = tx.manager.getRepository(GroupEntity);
  const group = groups.create({ tenantId: tx.tenantId, ...columns, updatedAt: now });
  const { identifiers } = await groups.insert(group).catch(error => refuseTaken(error, input));
  return { ...group, id: identifiers[0]!.id as number };
}

/** Changes a group where it stands. Its type may change as long as it still fits between its parent and its children. */
export async function updateGroup(
  tx: Transaction,
  { id, input, now }: { id: string; input: CreateGroupInput; now: Date },
): Promise<GroupEntity> {
  const columns = checkInput(input);
  const groups = tx.manager.getRepository(GroupEntity);
  const key = { tenantId: tx.tenantId, id: groupNumber(id) ?? -1 };
  const known = await groups.findOneBy(key);
  if (known && known.type !== columns.type) await lockEveryTree(tx);
  // Held, whatever its type: whoever places it somewhere for the first time goes by the type, and is waited for.
  const group = await groups.findOne({ where: key, lock: { mode: 'pessimistic_write' } });
  if (!group) throw notFound(`There is no group '${id}'.`);
  if (group.type !== known?.type) throw new Problem('CONFLICT', `The type of '${group.name}' has changed at the same moment. Please try again.`);
  const placed = group.type === columns.type ? [] : await selectSurroundings(tx, group.id);
  for (const surroundings of placed) {
    await lockTree(tx, surroundings.hierarchyId);
    const levels = await selectLevels(tx, [surroundings.hierarchyId]);
    const sequence = (type: string) => levels.find(level => level.type === type)?.sequence;
    const own = sequence(columns.type);
    const above = surroundings.parentType === null ? 0 : (sequence(surroundings.parentType) ?? 0);
    const below = surroundings.childTypes.map(type => sequence(type) ?? Infinity);
    if (own === undefined || above >= own || below.some(child => child <= own)) {
      throw badInput(
        `'${group.name}' cannot become a ${columns.type}: in the hierarchy '${surroundings.hierarchyKey}' it stands ` +
          `${surroundings.parentType ? `under a ${surroundings.parentType}` : 'at the top'} and above ` +
          `${surroundings.childTypes.join(', ') || 'classes'}, and the order there is ` +
          `${levels.map(level => level.type).join(', ')}, class.`,
      );
    }
  }
  await groups.update(key, { ...columns, updatedAt: now }).catch(error => refuseTaken(error, input));
  for (const { hierarchyId } of placed) {
    await moveGroup(tx, { hierarchyId, groupId: group.id }, () => rebuildTree(tx, hierarchyId));
    await growVersion(tx, hierarchyId);
  }
  return { ...group, ...columns };
}

function checkInput({ type, name, code, externalId }: CreateGroupInput) {
  if (type === 'class') throw badInput('A group is no class: classes are made with createClass.');
  if (!name.trim()) throw badInput('A group needs a name; it came without one.');
  return { type: type as string, name: name.trim(), code: code?.trim() || null, externalId: externalId?.trim() || null };
}

function refuseTaken(error: unknown, { type, externalId }: CreateGroupInput): never {
  if (!violates(error, 'group_external_id_is_unique')) throw error;
  throw new Problem('CONFLICT', `There is a ${type} that has the external id '${externalId}' already.`);
}
