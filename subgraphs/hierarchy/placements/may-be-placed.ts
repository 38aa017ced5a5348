import type { Transaction } from '../../shared/database/database';
import { Problem, type ProblemCode } from '../../shared/errors';
import { selectLevels, type LevelRow } from '../hierarchies/hierarchy.queries';
import { selectRings, type Thing } from './placement.queries';

/** Something that is to hang under a parent; under null it hangs nowhere. */
export interface Placed {
  /** Which of the placements it is. */
  index: number;
  child: Thing;
  parent: Thing | null;
}

/** Why one of the placements cannot be. */
export interface Refusal {
  index: number;
  code: ProblemCode;
  message: string;
}

const mostTold = 100;

/** What speaks against placements in a hierarchy, and those against which nothing does. */
export async function refusals(
  tx: Transaction,
  { hierarchyId, placings }: { hierarchyId: number; placings: readonly Placed[] },
): Promise<{ sound: Placed[]; levels: LevelRow[]; refused: Refusal[] }> {
  const levels = await selectLevels(tx, [hierarchyId]);
  const reasons = new Map(placings.flatMap(placing => {
    const reason = misplaced(levels, placing);
    return reason === null ? [] : [[placing.index, reason] as const];
  }));
  const groups = placings.filter(({ child }) => child.kind === 'group');
  const rings = await selectRings(tx, hierarchyId, {
    edges: groups.flatMap(({ index, child, parent }) => {
      const sound = !reasons.has(index);
      const mayRing = parent?.kind === 'group' && child.number !== parent.number && isLevel(levels, parent);
      return mayRing ? [{ child: child.number, parent: parent.number, sound }] : [];
    }),
    out: groups.filter(({ parent }) => parent === null).map(({ child }) => child.number),
  });
  for (const { index, child, parent } of groups) {
    if (rings.has(child.number)) {
      reasons.set(index, `'${parent!.name}' hangs below '${child.name}'; placing the one under the other would make a ring.`);
    }
  }
  return {
    sound: placings.filter(({ index }) => !reasons.has(index)),
    levels,
    refused: [...reasons].map(([index, message]) => ({ index, code: 'BAD_USER_INPUT', message })),
  };
}

const isLevel = (levels: readonly LevelRow[], { type }: Thing): boolean => levels.some(level => level.type === type);

/** Why a thing cannot hang under a parent, going by the two alone: the parent must stand above it. */
function misplaced(levels: readonly LevelRow[], { child, parent }: Placed): string | null {
  if (!parent) return null;
  if (parent.kind === 'class') {
    return `Nothing can be placed under a class; '${parent.name}' is one. The class is always the leaf.`;
  }
  const order = levels.map(level => level.type).join(', ');
  const unknown = [parent, ...(child.kind === 'class' ? [] : [child])].find(thing => !isLevel(levels, thing));
  if (unknown === parent) return noLevel(parent, order);
  if (child.kind === 'class') return null;
  if (child.number === parent.number) return `'${child.name}' cannot be placed under itself: that would be a ring.`;
  if (unknown) return noLevel(unknown, order);
  const sequence = ({ type }: Thing): number => levels.find(level => level.type === type)!.sequence;
  if (sequence(parent) < sequence(child)) return null;
  return (
    `A parent must stand above its child: '${parent.name}' is a ${parent.type}, '${child.name}' a ${child.type}; ` +
    `the order is ${order}, class.`
  );
}

const noLevel = ({ name, type }: Thing, order: string): string =>
  `'${name}' is of type ${type}, which is no level of this hierarchy: ${order}, class.`;

/** Throws if there are any: of one placement as it is, of several the first hundred, each with its place in the list. */
export function tellRefusals(
  placings: readonly { childId: string; parentId: string | null }[],
  refused: readonly Refusal[],
): void {
  if (refused.length === 0) return;
  const inOrder = [...refused].sort((a, b) => a.index - b.index);
  const { code, message } = inOrder[0]!;
  if (placings.length === 1) throw new Problem(code, message);
  const told = inOrder.slice(0, mostTold).map(({ index, message: reason }) => {
    const { childId, parentId } = placings[index]!;
    const what = parentId === null ? `'${childId}' out` : `'${childId}' under '${parentId}'`;
    return `placements[${index}], ${what}: ${reason}`;
  });
  if (refused.length > mostTold) told.push(`And ${refused.length - mostTold} more.`);
  throw new Problem(code, `Nothing was placed, since ${refused.length} of ${placings.length} placements cannot be:\n${told.join('\n')}`);
}
