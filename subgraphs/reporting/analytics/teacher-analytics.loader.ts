import { Loader } from '../../shared/loader';
import { selectCoveredClasses } from '../../hierarchy/published';
import { isThemselves, type Caller } from '../../shared/access/caller';
import { reportReaders } from '../../shared/access/rules';
import type { Session } from '../../shared/database/session';
import { forbidden } from '../../shared/errors';
import { personNumber } from '../../shared/identifiers';
import { selectTeachers } from './teacher.queries';

/** A teacher whose figures the caller may see, and the classes they are of. */
export interface SeenTeacher {
  classes: readonly number[];
}

export const teacherLoaders = ({ caller, session }: { caller: Caller; session: Session }) => ({
  /**
   * By public id: null where there is no such teacher, refused where the caller may not see the figures: the teacher's
   * own, administrators', and those of whoever covers every class of theirs, since a part of them would be a wrong number.
   */
  seenTeacher: new Loader<string, SeenTeacher | null>('teachers', async ids => {
    const tx = await session.read();
    const numbers = ids.map(personNumber);
    const there = await selectTeachers(tx, numbers.filter(number => number !== null));
    const isOwn = (person: number): boolean => isThemselves(caller, person) && caller.roles.has('TEACHER');
    const isSeenWhole = (person: number): boolean => caller.tenantWide || isOwn(person);
    const others = [...there].filter(([person]) => !isSeenWhole(person)).flatMap(([, { classes }]) => classes);
    const reads = reportReaders.some(role => caller.roles.has(role));
    const covered = reads && others.length > 0
      ? await selectCoveredClasses(tx, caller, [...new Set(others)])
      : new Set<number>();
    return numbers.map(person => {
      const teacher = person === null ? undefined : there.get(person);
      if (person === null || !teacher) return null;
      const { classes, isTeacher } = teacher;
      if (!isSeenWhole(person) && (classes.length === 0 || !classes.every(klass => covered.has(klass)))) {
        return forbidden("You may not see this teacher's figures: not all of their classes are granted to you.");
      }
      return isTeacher || classes.length > 0 ? { classes } : null;
    });
  }),
});
