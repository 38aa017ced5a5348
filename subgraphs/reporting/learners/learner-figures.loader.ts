import { selectCoveredClasses } from '../../hierarchy/published';
import {
  selectExistingGroups,
  selectGroupsByNumber,
  selectStudentsSeenThroughGroups,
} from '../../roster/published';
import { isThemselves, type Caller } from '../../shared/access/caller';
import type { Session } from '../../shared/database/session';
import { forbidden } from '../../shared/errors';
import { groupBy } from '../../shared/group-by';
import { personNumber, studentGroupNumber } from '../../shared/identifiers';
import { Loader } from '../../shared/loader';
import type { Period } from '../../shared/period';
import type { Filter } from '../rollup/context-filter';
import { keptFigures } from '../retention/kept-figures';
import { noSums } from '../rollup/sums';
import {
  selectClassesOf,
  selectGroupSums,
  selectPeople,
  selectStudentSums,
  type AskedStudent,
  type LearnerSums,
} from './learner-figures.queries';

/** A student whose results the caller may see: everywhere, or in these classes alone. */
export interface SeenStudent extends AskedStudent {
  classes: readonly number[];
}

interface Asked {
  period: Period;
  filter: Filter;
}
export type StudentKey = Asked & { student: SeenStudent };
export type GroupKey = Asked & { groupId: number };

const none: LearnerSums = { sums: noSums, learners: { scored: 0, timed: 0 } };

const questionOf = ({ period, filter }: Asked): string =>
  JSON.stringify([
    period.from, period.through, filter.subject ?? null, filter.contentSource ?? null, filter.framework ?? null,
  ]);

/** One set per operation. Who may be seen is found out first; the figures are then those of whoever was found. */
export function learnerLoaders({ caller, session, now }: { caller: Caller; session: Session; now: Date }) {
  /**
   * By public id: null where there is no such person, refused where the caller may see nothing of them. Results are the
   * learner's own, those of the students of a group for its users, the tenant's for its administrators; others see them
   * in the classes they cover.
   */
  const seenStudent = new Loader<string, SeenStudent | null>('studentsToReport', async ids => {
    const tx = await session.read();
    const numbers = ids.map(personNumber);
    const there = await selectPeople(tx, numbers.filter(number => number !== null));
    const everywhere = new Set(caller.tenantWide ? there : []);
    for (const personId of there) if (isThemselves(caller, personId)) everywhere.add(personId);
    const seenWhole = (personId: number): boolean => everywhere.has(personId);
    if ([...there].some(personId => !seenWhole(personId))) {
      const asked = { login: caller.login, personIds: [...there] };
      for (const personId of await selectStudentsSeenThroughGroups(tx, asked)) everywhere.add(personId);
    }
    const others = [...there].filter(personId => !seenWhole(personId));
    const classesOf = groupBy(await coveredClassesOf(others), row => row.personId);
    return numbers.map(personId => {
      if (personId === null || !there.has(personId)) return null;
      if (seenWhole(personId)) return { personId, everywhere: true, classes: [] };
      const classes = classesOf.get(personId)?.map(row => row.classId);
      if (classes) return { personId, everywhere: false, classes };
      return forbidden("You may not see this student's results: none of their classes is granted to you.");
    });
  });

  const coveredClassesOf = async (personIds: number[]) => {
    if (personIds.length === 0) return [];
    const tx = await session.read();
    const { hidden } = await keptFigures(tx, now);
    const rows = await selectClassesOf(tx, { personIds, hidden });
    const covered = await selectCoveredClasses(tx, caller, [...new Set(rows.map(row => row.classId))]);
    return rows.filter(row => covered.has(row.classId));
  };

  /** By public id: the group's number, null where there is none, refused where the caller is no user of it. */
  const seenStudentGroup = new Loader<string, number | null>('studentGroupsToReport', async ids => {
    const tx = await session.read();
    const numbers = ids.map(studentGroupNumber);
    const asked = numbers.filter(number => number !== null);
    const login = caller.tenantWide ? null : caller.login;
    const seen = new Set((await selectGroupsByNumber(tx, { login, ids: asked })).map(row => row.id));
    const there = await selectExistingGroups(tx, asked);
    return numbers.map(number => {
      if (number === null || !there.has(number)) return null;
      return seen.has(number) ? number : forbidden('You may not see this student group: you are not among its users.');
    });
  });

  const studentFigures = new Loader<StudentKey, LearnerSums, string>(
    'studentFigures',
    async keys => {
      const found = new Map<string, LearnerSums>();
      for (const group of groupBy(keys, questionOf).values()) {
        const { period, filter } = group[0]!;
        const students = group.map(key => key.student);
        const covered = [...new Set(students.flatMap(student => student.classes))];
        const tx = await session.read();
        const { hidden } = await keptFigures(tx, now);
        const sums = await selectStudentSums(tx, { students, covered, period, hidden, filter });
        for (const key of group) found.set(studentCacheKey(key), sums.get(key.student.personId) ?? none);
      }
      return keys.map(key => found.get(studentCacheKey(key))!);
    },
    { cacheKeyFn: studentCacheKey },
  );

  const groupFigures = new Loader<GroupKey, LearnerSums, string>(
    'studentGroupFigures',
    async keys => {
      const found = new Map<string, LearnerSums>();
      for (const group of groupBy(keys, questionOf).values()) {
        const { period, filter } = group[0]!;
        const groupIds = group.map(key => key.groupId);
        const tx = await session.read();
        const { hidden } = await keptFigures(tx, now);
        const sums = await selectGroupSums(tx, { groupIds, period, hidden, filter });
        for (const key of group) found.set(groupCacheKey(key), sums.get(key.groupId) ?? none);
      }
      return keys.map(key => found.get(groupCacheKey(key))!);
    },
    { cacheKeyFn: groupCacheKey },
  );

  return { seenStudent, seenStudentGroup, studentFigures, groupFigures };
}

const studentCacheKey = (key: StudentKey): string => `${questionOf(key)}\n${key.student.personId}`;
const groupCacheKey = (key: GroupKey): string => `${questionOf(key)}\n${key.groupId}`;
