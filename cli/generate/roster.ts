import type { BundleFiles } from './bundle-files';
import { dateOf } from './calendar';
import { enrolled, guestOf, learnerId, learnerTraits, type Learner } from './learners';
import { loginPart } from './people-names';
import { classId, type Plan } from './plan';
import { hash, pick, seedFor } from './random';
import { groupRef, schoolLevel } from './tree';

/** Teachers and learners, and who is in which class. */
export async function writeRoster(files: BundleFiles, plan: Plan): Promise<void> {
  const writePerson = personWriter(files, plan);
  for (let c = 0; c < plan.classes; c++) {
    writeTeachers(files, { plan, c, writePerson });
    writeLearners(files, { plan, c, writePerson });
    await files.room();
  }
}

interface Person {
  id: string;
  role: string;
  traits: number;
  /** Tells people of one name apart. */
  mark: string;
  login?: string;
}
type WritePerson = (person: Person) => void;

function personWriter(files: BundleFiles, plan: Plan): WritePerson {
  const { tenantId, domain, profile: { people } } = plan;
  const parts = new Map([...people.given, ...people.family].map(name => [name, loginPart(name)]));
  return ({ id, role, traits, mark, login }) => {
    const given = pick(people.given, traits >>> 4);
    const family = pick(people.family, hash(traits, 2));
    const own = login ?? `${parts.get(given)}.${parts.get(family)}.${mark}@${domain}`;
    files.row('users.csv', [tenantId, id, own, role, given, family]);
  };
}

interface ClassOptions { plan: Plan; c: number; writePerson: WritePerson }

/** A teacher has two classes of a school on end. */
function teacherOf({ tree }: Plan, c: number): { id: string; school: number; number: number } {
  const school = tree.schoolOf[c]!;
  const number = Math.floor((c - tree.firstChild.at(-1)![school]!) / 2) + 1;
  return { id: `teacher-${String(school).padStart(6, '0')}-${number}`, school, number };
}

function writeTeachers(files: BundleFiles, { plan, c, writePerson }: ClassOptions): void {
  const { tenantId, tree } = plan;
  const teacher = teacherOf(plan, c);
  const isFirstOf = c === 0 || teacherOf(plan, c - 1).id !== teacher.id;
  if (isFirstOf) {
    const heads = teacher.school % 23 === 3 && teacher.number === 1;
    writePerson({
      id: teacher.id,
      role: heads ? 'TEACHER|OFFICER' : 'TEACHER',
      traits: hash(hash(seedFor(plan.seed, 'teachers'), teacher.school), teacher.number),
      mark: `t-${teacher.school.toString(36)}-${teacher.number}`,
      login: c === 0 ? `teacher@${plan.domain}` : undefined,
    });
    const school = groupRef(tree, { level: schoolLevel(tree), n: teacher.school });
    if (heads) files.row('grants.csv', [tenantId, teacher.id, school.type, school.id]);
  }
  const since = stamp(plan.firstDay - 30 - c % 60);
  const enrol = (id: string, [status, ended]: [string, string]) =>
    files.row('enrolments.csv', [tenantId, classId(c), id, 'TEACHER', status, since, ended]);
  enrol(teacher.id, ['ACTIVE', '']);
  // Some classes have a second teacher, from elsewhere; others had one once.
  const second = c % 11 === 5 ? teacherOf(plan, c - 5).id : null;
  const former = c % 13 === 6 ? teacherOf(plan, c - 6).id : null;
  if (second && second !== teacher.id) enrol(second, ['ACTIVE', '']);
  if (former && former !== teacher.id && former !== second) enrol(former, ['INACTIVE', stamp(plan.firstDay - 7)]);
}

function writeLearners(files: BundleFiles, { plan, c, writePerson }: ClassOptions): void {
  const traitsOf = learnerTraits(plan);
  for (let number = 0; number < plan.learners[c]!; number++) {
    const learner = { home: c, number };
    writePerson({
      id: learnerId(learner),
      role: 'LEARNER',
      traits: traitsOf(learner),
      mark: (c * 100 + number).toString(36),
      login: c === 0 && number === 0 ? `learner@${plan.domain}` : undefined,
    });
    writeEnrolment(files, { plan, c, learner, traits: traitsOf(learner) });
  }
  const guest = guestOf(plan, c);
  if (guest) writeEnrolment(files, { plan, c, learner: guest, traits: traitsOf(guest) });
}

interface EnrolmentOptions { plan: Plan; c: number; learner: Learner; traits: number }

function writeEnrolment(files: BundleFiles, { plan, c, learner, traits }: EnrolmentOptions): void {
  const { from, end, left } = enrolled(plan, { learner, traits });
  files.row('enrolments.csv', [
    plan.tenantId, classId(c), learnerId(learner), 'STUDENT', left ?? 'ACTIVE', stamp(from), left ? stamp(end) : '',
  ]);
}

const stamp = (day: number): string => `${dateOf(day)}T08:00:00Z`;
