import { Loader } from '../../shared/loader';
import type { Session } from '../../shared/database/session';
import { groupBy } from '../../shared/group-by';
import type { Period } from '../../shared/period';
import type { SeenStudent } from '../learners/learner-figures.loader';
import type { Cohort } from './cohort.queries';
import type { Effort } from './effort';
import { selectLearnerRows, type LearnerRow } from './learner-rows.queries';
import { selectTodayAndRisk } from './risk/risk-settings.queries';
import { refuseExpired } from './windows';
import { selectSkillGaps, type GapPlace, type GapRecord } from './skill-gaps.queries';

/** A learner's rows of windows, in their order; at risk or not is told of a single window alone. */
export interface RowsKey {
  student: SeenStudent;
  windows: readonly Period[];
}

const questionOf = ({ windows }: RowsKey): string => JSON.stringify([windows.length, windows[0], windows.at(-1), windows[1]]);
const cacheKey = (key: RowsKey): string => `${questionOf(key)}\n${key.student.personId}`;

/** A page of a learner's gaps at the end of a window. */
interface GapsKey {
  student: SeenStudent;
  window: Period;
  most: number;
  after: GapPlace | null;
}

const gapsKey = ({ student, window, most, after }: GapsKey): string =>
  JSON.stringify([student.personId, window, most, after && [after.framework, after.code, after.number]]);

export const cohortOf = (students: readonly SeenStudent[]): Cohort => ({
  of: 'people',
  people: students,
});

/** One set per operation. Who may be seen was found out before. */
export function learnerAnalyticsLoaders({ session, now, effort }: { session: Session; now: Date; effort: Effort }) {
  let known: ReturnType<typeof selectTodayAndRisk> | undefined;
  const todayAndRisk = () => (known ??= session.read().then(tx => selectTodayAndRisk(tx, now)));

  const learnerRows = new Loader<RowsKey, LearnerRow[], string>(
    'learner rows',
    async keys => {
      const found = new Map<string, LearnerRow[]>();
      const { risk } = await todayAndRisk();
      for (const group of groupBy(keys, questionOf).values()) {
        const { windows } = group[0]!;
        const thresholds = windows.length === 1 ? risk : null;
        const students = [...new Map(group.map(({ student }) => [student.personId, student])).values()];
        const tx = await session.read();
        const whole = await refuseExpired(tx, windows, now);
        effort.spend(students.length * windows.length);
        const rows = await selectLearnerRows(tx, cohortOf(students), { windows, thresholds, whole });
        const ofPerson = groupBy(rows, row => row.personId);
        for (const key of group) {
          const own = ofPerson.get(key.student.personId) ?? [];
          found.set(cacheKey(key), [...own].sort((a, b) => a.index - b.index));
        }
      }
      return keys.map(key => found.get(cacheKey(key))!);
    },
    { cacheKeyFn: cacheKey },
  );

  const gaps = new Loader<GapsKey, { rows: GapRecord[]; total: number }, string>(
    'skill gaps',
    async keys => {
      const found = new Map<string, { rows: GapRecord[]; total: number }>();
      for (const group of groupBy(keys, ({ window: { from, through } }) => `${from} ${through}`).values()) {
        const { window } = group[0]!;
        const tx = await session.read();
        await refuseExpired(tx, [window], now);
        const students = [...new Map(group.map(({ student }) => [student.personId, student])).values()];
        effort.spend(students.length);
        const pages = group.map(({ student: { personId }, most, after }) => ({ personId, most, after }));
        const answers = await selectSkillGaps(tx, { cohort: cohortOf(students), window, pages });
        for (const [index, key] of group.entries()) found.set(gapsKey(key), answers[index]!);
      }
      return keys.map(key => found.get(gapsKey(key))!);
    },
    { cacheKeyFn: gapsKey },
  );
  const skillGaps = (student: SeenStudent, asked: Omit<GapsKey, 'student'>) => gaps.load({ student, ...asked });

  return { todayAndRisk, learnerRows, skillGaps };
}
