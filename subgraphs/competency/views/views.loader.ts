import { selectCoveredClasses } from '../../hierarchy/published';
import { keptFigures, refuseForgottenDay } from '../../reporting/published';
import type { Caller } from '../../shared/access/caller';
import { reportReaders } from '../../shared/access/rules';
import type { Session } from '../../shared/database/session';
import { forbidden } from '../../shared/errors';
import { classNumber, personNumber } from '../../shared/identifiers';
import { Loader } from '../../shared/loader';
import type { Day } from '../../shared/period';
import {
  classExists,
  selectClassesCompetencies,
  selectClassesStudents,
  selectHistory,
  selectLatestStatuses,
  selectPersonsCompetencies,
  selectPersonsCounts,
  selectStudentsClasses,
  type Bounds,
  type CompetencyPlace,
  type StudentPlace,
} from './views.queries';

export interface HistoryKey {
  person: number;
  competency: number;
  first: number;
}

/** What a student and a teacher see of competencies, each refused to whoever may not see it. */
export function viewLoaders({ caller, session, now }: { caller: Caller; session: Session; now: Date }) {
  const reads = reportReaders.some(role => caller.roles.has(role));

  const history = new Loader<HistoryKey, { status: number; day: string }[], string>(
    'competencyHistory',
    async keys => {
      const found = new Map<string, { status: number; day: string }[]>();
      const keyOf = (person: number, competency: number) => `${person} ${competency}`;
      const first = Math.max(...keys.map(key => key.first));
      const tx = await session.read();
      const { competenciesFrom: from } = await keptFigures(tx, now);
      for (const person of new Set(keys.map(key => key.person))) {
        // One that is asked for twice, with another `first`, has each of its days once.
        const competencies = [...new Set(keys.filter(key => key.person === person).map(({ competency }) => competency))];
        for (const { competency, ...day } of await selectHistory(tx, { person, competencies, first, from })) {
          found.set(keyOf(person, competency), [...(found.get(keyOf(person, competency)) ?? []), day]);
        }
      }
      return keys.map(key => (found.get(keyOf(key.person, key.competency)) ?? []).slice(0, key.first));
    },
    { cacheKeyFn: ({ person, competency, first }) => `${person} ${competency} ${first}` },
  );

  return {
    history,

    /** A student's page; null where there is no such user. Their own, or of somebody in a class that is covered. */
    student: async (id: string, bounds: Bounds<CompetencyPlace>) => {
      const tx = await session.read();
      const person = personNumber(id);
      const classes = person === null ? null : await selectStudentsClasses(tx, person);
      if (person === null || classes === null) return null;
      const own = person === caller.personId && caller.roles.has('LEARNER');
      if (!own && !caller.tenantWide) {
        const covered = reads && classes.length > 0 ? await selectCoveredClasses(tx, caller, classes) : new Set();
        if (covered.size === 0) throw forbidden('This student is in none of the classes that are granted to you.');
      }
      return { person, classes, ...(await selectPersonsCompetencies(tx, { person, classes, bounds })) };
    },

    /** Of a student that `student` has shown, and of the classes it named. */
    counts: async (of: { person: number; classes: readonly number[] }, day: Day | null) => {
      const tx = await session.read();
      if (day !== null) refuseForgottenDay(day, await keptFigures(tx, now));
      return selectPersonsCounts(tx, { ...of, day });
    },

    /** A class's matrix; null where there is no such class. */
    matrix: async (id: string, bounds: { students: Bounds<StudentPlace>; competencies: Bounds<CompetencyPlace> }) => {
      const tx = await session.read();
      const klass = classNumber(id);
      if (klass === null || !(await classExists(tx, klass))) return null;
      if (!caller.tenantWide && !(await selectCoveredClasses(tx, caller, [klass])).has(klass)) {
        throw forbidden('This class is not granted to you.');
      }
      const competencies = await selectClassesCompetencies(tx, { klass, bounds: bounds.competencies });
      const students = await selectClassesStudents(tx, { klass, bounds: bounds.students });
      const statuses = await selectLatestStatuses(tx, {
        people: students.rows.map(({ number }) => number),
        competencies: competencies.rows.map(({ number }) => number),
      });
      const latest = new Map(statuses.map(({ person, competency, status }) => [`${person} ${competency}`, status]));
      return {
        ...{ competencies, students },
        statusOf: (person: number, competency: number) => latest.get(`${person} ${competency}`) ?? 0,
      };
    },
  };
}
