import type { Caller } from '../../shared/access/caller';
import type { Session } from '../../shared/database/session';
import { groupBy } from '../../shared/group-by';
import { personNumber, publicId } from '../../shared/identifiers';
import { Loader } from '../../shared/loader';
import type { SeenClass } from '../classes/class.loader';
import { selectStudentsSeenThroughGroups } from '../student-groups/student-group.queries';
import { selectClassesOfStudents, selectStudents } from './student.queries';
import type { Student } from './student.type';

/** A student as the graph shows them, with what their fields need. */
export interface SeenStudent extends Student {
  readonly number: number;
  readonly visible: boolean;
}

interface Parts {
  caller: Caller;
  session: Session;
  classByNumber: Loader<number, SeenClass | null>;
}

export function studentLoaders({ caller, session, classByNumber }: Parts) {
  const classNumbers = new Loader<number, number[]>('classesOfStudent', async personIds => {
    const rows = groupBy(await selectClassesOfStudents(await session.read(), personIds), row => row.personId);
    return personIds.map(id => (rows.get(id) ?? []).map(row => row.classId));
  });

  /** The classes of an active student that the reader sees, by name. */
  const classesOfStudent = async (personId: number): Promise<SeenClass[]> => {
    const classes = await classByNumber.loadMany(await classNumbers.load(personId));
    return classes.flatMap(found => {
      if (found instanceof Error) throw found;
      return found && found.seen !== 'hidden' ? [found] : [];
    });
  };

  const seenThroughGroup = new Loader<number, boolean>('studentsSeenThroughGroups', async personIds => {
    const asked = { login: caller.login, personIds };
    const seen = await selectStudentsSeenThroughGroups(await session.read(), asked);
    return personIds.map(id => seen.has(id));
  });

  /** Visible to themselves, to administrators, to users of a student group of theirs, to who sees a class of theirs whole. */
  const isVisible = async (personId: number): Promise<boolean> => {
    if (caller.tenantWide || (personId === caller.personId && caller.roles.has('LEARNER'))) return true;
    if (await seenThroughGroup.load(personId)) return true;
    return (await classesOfStudent(personId)).some(({ seen }) => seen === 'whole');
  };

  const students = new Loader<number, SeenStudent | null>('students', async personIds => {
    const rows = new Map((await selectStudents(await session.read(), personIds)).map(row => [row.id, row]));
    return Promise.all(
      personIds.map(async number => {
        const row = rows.get(number);
        if (!row) return null;
        const { login, givenName, familyName } = row;
        return {
          number,
          id: publicId('person', number),
          login,
          givenName,
          familyName,
          visible: await isVisible(number),
        };
      }),
    );
  });

  return {
    student: async (id: string): Promise<SeenStudent | null> => students.load(personNumber(id) ?? -1),
    classesOfStudent,
  };
}
