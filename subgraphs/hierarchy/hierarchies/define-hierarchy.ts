import { forgetStoredLevels } from '../../reporting/published';
import type { Transaction } from '../../shared/database/database';
import { selectTenantNumbers } from '../../shared/database/tenants.queries';
import { badInput, notFound, Problem } from '../../shared/errors';
import { HierarchyEntity, HierarchyLevelEntity } from './hierarchy.entity';
import type { CreateHierarchyInput, LevelInput } from './hierarchy.type';
import { lockHierarchyKeys, moveEveryVersion, rebuildAllTrees } from './define-hierarchy.queries';

const longestName = 512;

/** Makes a hierarchy: from then on any tenant can place groups in it. Returns its public id. */
export async function createHierarchy(tx: Transaction, input: CreateHierarchyInput, now: Date): Promise<string> {
  checkInput(input);
  await lockHierarchyKeys(tx);
  const hierarchies = tx.manager.getRepository(HierarchyEntity);
  const slug = input.name.normalize('NFKD').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '').slice(0, 60);
  let key = slug || 'hierarchy';
  for (let next = 2; await hierarchies.existsBy({ key }); next++) key = `${slug || 'hierarchy'}-${next}`;
  const { identifiers } = await hierarchies.insert({
    key,
    name: input.name.trim(),
    description: input.description ?? null,
    levelsVersion: 1,
    updatedAt: now,
  });
  await tx.manager.getRepository(HierarchyLevelEntity).insert(rowsOf(identifiers[0]!.id as number, input.levels));
  await moveEveryVersion(tx, await selectTenantNumbers(tx));
  return key;
}

/**
 * Changes a hierarchy's name or levels. Every tenant's tree follows at once; a group whose type is no longer a level,
 * or whose parent no longer stands above it, has no node there until it is placed again, and its classes are in 'other'.
 */
export async function updateHierarchy(
  tx: Transaction,
  { key, input, now }: { key: string; input: CreateHierarchyInput; now: Date },
): Promise<void> {
  checkInput(input);
  await lockHierarchyKeys(tx);
  const hierarchies = tx.manager.getRepository(HierarchyEntity);
  const levels = tx.manager.getRepository(HierarchyLevelEntity);
  const known = await hierarchies.findOneBy({ key });
  if (!known) throw notFound(`There is no hierarchy '${key}'.`);
  const before = await levels.find({ where: { hierarchyId: known.id }, order: { sequence: 'ASC' } });
  const after = rowsOf(known.id, input.levels);
  const changed = JSON.stringify(before.map(level => ({ ...level }))) !== JSON.stringify(after);
  await hierarchies.update(
    { id: known.id },
    {
      name: input.name.trim(),
      description: input.description ?? null,
      updatedAt: now,
      ...(changed ? { levelsVersion: known.levelsVersion + 1 } : {}),
    },
  );
  if (changed) await changeLevels(tx, before, after);
  // Last: whoever changes placements takes the tree first, and a version with the commit.
  await moveEveryVersion(tx, await selectTenantNumbers(tx));
}

/** What trees depend on: which types follow which, and whose sums are stored. */
const shape = (levels: HierarchyLevelEntity[]): string => levels.map(({ type, stored }) => `${type} ${stored}`).join();

async function changeLevels(tx: Transaction, before: HierarchyLevelEntity[], after: HierarchyLevelEntity[]): Promise<void> {
  const hierarchyId = after[0]!.hierarchyId;
  const levels = tx.manager.getRepository(HierarchyLevelEntity);
  await levels.delete({ hierarchyId });
  await levels.insert(after);
  if (shape(before) === shape(after)) return;
  await rebuildAllTrees(tx, { hierarchyId, beforeEach: forgetStoredLevels });
}

const rowsOf = (hierarchyId: number, levels: LevelInput[]): HierarchyLevelEntity[] =>
  levels.map((level, index) => ({
    hierarchyId,
    sequence: index + 1,
    name: level.name.trim(),
    type: level.type,
    stored: level.stored ?? true,
  }));

function checkInput({ name, levels }: CreateHierarchyInput): void {
  if (!name.trim() || name.length > longestName) {
    throw badInput(`A hierarchy's name must have 1 to ${longestName} characters; this one has ${name.trim().length}.`);
  }
  if (levels.length === 0) throw badInput('A hierarchy needs at least one level above the class; none was given.');
  const seen = new Set<string>();
  for (const level of levels) {
    if (level.type === 'class') throw badInput("The level 'class' is always the last one and is not to be listed.");
    if (!level.name.trim()) throw badInput(`The level of type ${level.type} needs a name; it came without one.`);
    if (seen.has(level.type)) {
      throw new Problem('BAD_USER_INPUT', `Each type can be one level of a hierarchy; ${level.type} was given twice.`);
    }
    seen.add(level.type);
  }
}
