import { selectCoveredClasses, type Node, type NodeLoaders } from '../../hierarchy/published';
import type { Caller } from '../../shared/access/caller';
import type { Session } from '../../shared/database/session';
import { groupBy } from '../../shared/group-by';
import { classNumber, publicId } from '../../shared/identifiers';
import { Loader } from '../../shared/loader';
import { selectClasses, selectPlacedIn, type ClassRow } from './class.queries';
import type { Class } from './class.type';

/**
 * What of a class its reader sees: `whole` with everybody in it; as one of its students only what it is and which test
 * series it has; or nothing.
 */
export type Seen = 'whole' | 'attended' | 'hidden';

/** A class as the graph shows it, with what its fields need. */
export interface SeenClass extends Class {
  readonly number: number;
  readonly schoolId: number | null;
  readonly seen: Seen;
}

interface Reading {
  caller: Caller;
  session: Session;
  nodes: NodeLoaders;
}

export function classLoaders({ caller, session, nodes }: Reading) {
  /** A class of the tenant by number, whether its reader sees it or not; null where there is none. */
  const classByNumber = new Loader<number, SeenClass | null>('classes', async numbers => {
    const tx = await session.read();
    const rows = await selectClasses(tx, { classIds: numbers, personId: caller.personId });
    const covered = caller.tenantWide ? new Set<number>() : await selectCoveredClasses(tx, caller, [...numbers]);
    const classes = new Map(rows.map(row => [row.id, shownClass(row, seenBy(caller, row, covered))]));
    return numbers.map(number => classes.get(number) ?? null);
  });

  const placedIn = new Loader<number, string[]>('hierarchiesOfClass', async numbers => {
    const rows = groupBy(await selectPlacedIn(await session.read(), numbers), row => row.classId);
    return numbers.map(number => (rows.get(number) ?? []).map(row => row.hierarchyKey));
  });

  /** The class's own nodes; refused where the reader does not see them. */
  const placements = async ({ number, id }: SeenClass): Promise<Node[]> => {
    const keys = await placedIn.load(number);
    const found = await Promise.all(keys.map(hierarchyKey => nodes.node({ id, hierarchyKey })));
    return found.filter(node => node !== null);
  };

  return {
    classByNumber,
    classById: async (id: string): Promise<SeenClass | null> => classByNumber.load(classNumber(id) ?? -1),
    placements,
  };
}

const shownClass = (row: ClassRow, seen: Seen): SeenClass => ({
  ...{ number: row.id, schoolId: row.schoolId, seen },
  id: publicId('class', row.id),
  ...{ externalId: row.externalId, name: row.name, code: row.code, grade: row.grade, subject: row.subject },
  active: row.active,
});

function seenBy(caller: Caller, { id, teaches, attends }: ClassRow, covered: Set<number>): Seen {
  if (caller.tenantWide || covered.has(id)) return 'whole';
  // An inactive class is covered no longer, and is still its teachers' to make active again.
  if (teaches && caller.roles.has('TEACHER')) return 'whole';
  return attends && caller.roles.has('LEARNER') ? 'attended' : 'hidden';
}
