import type { Caller } from '../../shared/access/caller';
import type { Session } from '../../shared/database/session';
import { forbidden } from '../../shared/errors';
import { groupBy } from '../../shared/group-by';
import { studentGroupNumber } from '../../shared/identifiers';
import { Loader } from '../../shared/loader';
import {
  selectExistingGroups,
  selectGroupsByNumber,
  selectStudentGroups,
  selectStudents,
  type GroupsPage,
  type StudentGroupRow,
  type StudentRow,
  type StudentsPage,
  type UserLogin,
} from './student-group.queries';

/** A page of students; `students` may be one more than was asked for. */
export interface LoadedStudents {
  students: StudentRow[];
  totalCount: number;
}

interface StudentsKey {
  groupId: number;
  page: StudentsPage;
}

/** Whose groups a caller sees: administrators the tenant's, everybody else those that list them as a user. */
export const userLogin = (caller: Caller): UserLogin => (caller.tenantWide ? null : caller.login);

export function studentGroupLoaders({ caller, session }: { caller: Caller; session: Session }) {
  const login = userLogin(caller);

  const studentGroups = async (page: Omit<GroupsPage, 'login'>) =>
    selectStudentGroups(await session.read(), { login, ...page });

  /** By public id: null where there is none, refused where the caller is no user of it. */
  const studentGroup = new Loader<string, StudentGroupRow | null>('studentGroups', async ids => {
    const tx = await session.read();
    const numbers = ids.map(studentGroupNumber);
    const asked = numbers.filter(number => number !== null);
    const seen = new Map((await selectGroupsByNumber(tx, { login, ids: asked })).map(row => [row.id, row]));
    const others = seen.size < new Set(asked).size ? await selectExistingGroups(tx, asked) : new Set<number>();
    return numbers.map(number => {
      if (number === null) return null;
      const refused = others.has(number) ? forbidden('You may not see this student group: you are not among its users.') : null;
      return seen.get(number) ?? refused;
    });
  });

  /** Students of groups that were found visible: two statements, however many groups. */
  const students = new Loader<StudentsKey, LoadedStudents, string>(
    'studentsOfGroup',
    async keys => {
      const found = new Map<string, LoadedStudents>();
      for (const group of groupBy(keys, ({ page }) => JSON.stringify(page)).values()) {
        const ids = group.map(key => key.groupId);
        const { students: rows, counts } = await selectStudents(await session.read(), ids, group[0]!.page);
        const ofGroup = groupBy(rows, row => row.groupId);
        for (const key of group) {
          found.set(cacheKey(key), {
            students: ofGroup.get(key.groupId) ?? [],
            totalCount: counts.get(key.groupId) ?? 0,
          });
        }
      }
      return keys.map(key => found.get(cacheKey(key))!);
    },
    { cacheKeyFn: cacheKey },
  );

  return { studentGroups, studentGroup, studentsOfGroup: students };
}

const cacheKey = ({ groupId, page }: StudentsKey): string => `${groupId}\n${JSON.stringify(page)}`;
