import type { Transaction } from '../../shared/database/database';
import { Problem } from '../../shared/errors';
import { publicId } from '../../shared/identifiers';
import type { LevelRow } from '../hierarchies/hierarchy.queries';
import { selectClassesUnder, selectGroupsBelow, type Below } from './bring-along.queries';
import type { Placed } from './may-be-placed';
import type { Thing } from './placement.queries';

/** What comes along with things that are placed, from another hierarchy in which it hangs under them. */
export interface Along {
  placements: Omit<Placed, 'index'>[];
  /** Public ids of what has another place here, and stays there with all that it has under it. */
  stayed: string[];
  /** Groups whose type is no level here, or none below what they would hang under. */
  skipped: number;
}

/** Groups and classes that one call brings along; where these hang is written, and their sums move, in one transaction. */
const mostAlong = 10_000;

/** A group of the hierarchy under which others can come. */
interface Hook {
  thing: Thing;
  level: number;
}

/**
 * What hangs in the hierarchy `source` under groups that are placed, with the parents that it gets: of those above it
 * there, the nearest that this hierarchy has a level for. What is placed by itself is nobody's to bring along.
 */
export async function selectAlong(
  tx: Transaction,
  { hierarchyId, source, placed, levels }: {
    hierarchyId: number;
    source: number;
    placed: readonly Omit<Placed, 'index'>[];
    levels: readonly LevelRow[];
  },
): Promise<Along> {
  const sequences = new Map(levels.map(({ type, sequence }) => [type, sequence]));
  const hooks = new Map<number, Hook>();
  for (const { child, parent } of placed) {
    if (child.kind === 'group' && parent) hooks.set(child.number, { thing: child, level: sequences.get(child.type)! });
  }
  const named = (kind: string) => placed.flatMap(({ child }) => (child.kind === kind ? [child.number] : []));
  const asked = { hierarchyId, source, most: mostAlong + 1 };
  const along: Along = { placements: [], stayed: [], skipped: 0 };
  const roots = [...hooks.keys()];
  const groups = await selectGroupsBelow(tx, { ...asked, groups: roots, except: named('group') });
  refuseTooMany(groups.length);
  for (const group of groups) {
    const hook = hooks.get(group.under);
    const level = sequences.get(group.type);
    if (!hook) continue;
    if (level === undefined || level <= hook.level) {
      hooks.set(group.number, hook);
      along.skipped++;
    } else if (comes(group, hook, along)) hooks.set(group.number, { thing: asThing('group', group), level });
  }
  const classes = await selectClassesUnder(tx, { ...asked, groups: [...hooks.keys()], except: named('class') });
  refuseTooMany(groups.length + classes.length);
  for (const klass of classes) comes(klass, hooks.get(klass.under)!, along);
  return along;
}

/** Brings something along, or says that it stays; false where it does. */
function comes(below: Below, { thing: parent }: Hook, along: Along): boolean {
  const kind = below.type === 'class' ? 'class' : 'group';
  const stays = below.placed && below.parent !== parent.number;
  if (stays) along.stayed.push(publicId(kind, below.number));
  else along.placements.push({ child: asThing(kind, below), parent });
  return !stays;
}

const asThing = (kind: Thing['kind'], { number, type, name }: Below): Thing => ({ kind, number, type, name });

function refuseTooMany(found: number): void {
  if (found <= mostAlong) return;
  throw new Problem(
    'TOO_LARGE',
    `More than ${mostAlong} groups and classes would come along; that is what one call may bring. Please place fewer groups ` +
      'at a time, or first those below: what is placed in earlier calls stays, and what is above it can follow.',
  );
}
