import { refuse, rosterKeeper, tenantAdmin, type Judging, type Rule } from './judging';
import { wouldChange } from './rules-of-changes';
import { orgTypesOf } from './rules-of-logs';
import { belongs, statusOf } from './rules-of-rosters';
import { locate } from './worlds-of-callers';
import { hierarchies, type WorldClass, type WorldEnrolment, type WorldPerson } from './world';

/** A class that may be changed: any for administrators, for teachers their own. */
function ownClass({ caller }: Judging, id: string): WorldClass {
  const klass = caller.tenant.classes.find(known => known.id === id) ?? refuse('NOT_FOUND');
  const isOwn = caller.roles.has('TEACHER') && belongs(caller, 'TEACHER', klass);
  return caller.tenantWide || isOwn ? klass : refuse('FORBIDDEN');
}

const peopleOf = ({ caller }: Judging, ids: string[]): WorldPerson[] =>
  ids.map(id => caller.tenant.people.find(person => person.id === id && !person.deleted) ?? refuse('NOT_FOUND'));

const enrolmentOf = ({ caller }: Judging, klass: WorldClass, { person, type }: Pick<WorldEnrolment, 'person' | 'type'>) =>
  caller.tenant.enrolments.find(known => known.klass === klass && known.person === person && known.type === type);

/** Who is active already stays so; else it would be made so. */
function enrol(judging: Judging, { classId, ids, type }: { classId: string; ids: string[]; type: WorldEnrolment['type'] }): WorldClass {
  rosterKeeper(judging);
  const klass = ownClass(judging, classId);
  const enrolments = peopleOf(judging, ids).map(person => enrolmentOf(judging, klass, { person, type }));
  return enrolments.every(enrolment => enrolment?.endedAt === null) ? klass : wouldChange('enrolments');
}

interface StatusAsked {
  classId: string;
  userId: string;
  type: WorldEnrolment['type'];
  status: string;
}

function setStatus(judging: Judging, { classId, userId, type, status }: StatusAsked): WorldEnrolment {
  rosterKeeper(judging);
  const klass = ownClass(judging, classId);
  const [person] = peopleOf(judging, [userId]);
  const enrolment = enrolmentOf(judging, klass, { person: person!, type }) ?? refuse('NOT_FOUND');
  return statusOf(enrolment) === status ? enrolment : wouldChange('enrolments');
}

function series(judging: Judging, { classId, testSeriesId }: { classId: string; testSeriesId: string }) {
  rosterKeeper(judging);
  const klass = ownClass(judging, classId);
  const found = judging.caller.tenant.series.find(({ id }) => id === testSeriesId) ?? refuse('NOT_FOUND');
  return { klass, assigned: found.classes.includes(klass) };
}

interface ClassInput {
  externalId: string;
  schoolId?: string | null;
  teacherIds: string[];
  parents: { hierarchyId: string; parentId: string }[];
}

function createClass(judging: Judging, { externalId, schoolId, teacherIds, parents }: ClassInput): never {
  rosterKeeper(judging);
  const { caller } = judging;
  const { groups, classes } = caller.tenant;
  if (schoolId && !groups.some(({ id, type }) => id === schoolId && type === 'school')) refuse('NOT_FOUND');
  peopleOf(judging, teacherIds);
  for (const { hierarchyId, parentId } of caller.tenantWide ? [] : parents) {
    if (!groups.some(({ id }) => id === parentId) || !hierarchies[hierarchyId]) refuse('NOT_FOUND');
    if (!locate(caller, hierarchyId, parentId)?.visible) refuse('FORBIDDEN');
  }
  return classes.some(klass => klass.externalId === externalId) ? refuse('CONFLICT') : wouldChange('classes');
}

function setOrgTypes(judging: Judging, types: { orgType: string; groupType?: string | null }[]) {
  tenantAdmin(judging);
  const twice = new Set(types.map(({ orgType }) => orgType)).size < types.length;
  if (twice || types.some(({ groupType }) => groupType === 'class')) refuse('BAD_USER_INPUT');
  return types.length === 0 ? orgTypesOf(judging.caller.tenant) : wouldChange('org types');
}

/** Changes of rosters, of the same kind as the others: those that change nothing are sent. */
export const rulesOfRosterChanges: Record<string, Rule> = {
  'Mutation.eraseUser': (_, { userId }: { userId: string }, judging) => {
    tenantAdmin(judging);
    const { tenant, person } = judging.caller;
    const known = tenant.people.find(({ id }) => id === userId) ?? refuse('NOT_FOUND');
    return known === person ? refuse('BAD_USER_INPUT') : wouldChange('people');
  },
  'Erasure.userId': ({ id }) => id,
  'Erasure.erasedAt': () => wouldChange('people'),
  'Erasure.finishedAt': () => wouldChange('people'),
  'Mutation.createClass': (_, { input }, judging) => createClass(judging, input),
  'Mutation.setClassActive': (_, { classId, active }, judging) => {
    rosterKeeper(judging);
    const klass = ownClass(judging, classId);
    return klass.active === active ? klass : wouldChange('classes');
  },
  'Mutation.enrolStudents': (_, { classId, studentIds }, judging) => enrol(judging, { classId, ids: studentIds, type: 'STUDENT' }),
  'Mutation.assignTeacher': (_, { classId, teacherId }, judging) => enrol(judging, { classId, ids: [teacherId], type: 'TEACHER' }),
  'Mutation.setEnrolmentStatus': (_, asked: StatusAsked, judging) => setStatus(judging, asked),
  'Mutation.removeTeacher': (_, { classId, teacherId }, judging) =>
    setStatus(judging, { classId, userId: teacherId, type: 'TEACHER', status: 'WITHDRAWN' }).klass,
  'Mutation.createTestSeries': (_, { name }, judging) => {
    tenantAdmin(judging);
    return judging.caller.tenant.series.some(known => known.name === name) ? refuse('CONFLICT') : wouldChange('test series');
  },
  'Mutation.assignTestSeries': (_, asked, judging) => {
    const { klass, assigned } = series(judging, asked);
    return assigned ? klass : wouldChange('test series');
  },
  'Mutation.removeTestSeries': (_, asked, judging) => {
    const { klass, assigned } = series(judging, asked);
    return assigned ? wouldChange('test series') : klass;
  },
  'Mutation.validateRelationships': (_, { fix }, judging) => {
    tenantAdmin(judging);
    return { fixed: fix };
  },
  'RelationshipReport.problems': () => [], // the database lets none in
  'RelationshipReport.fixed': ({ fixed }) => fixed,
  'RelationshipReport.foreignKeysEnforced': () => true,
  'Mutation.setOrgTypes': (_, { types }, judging) => setOrgTypes(judging, types),
  'Mutation.removeStudentGroup': (_, { id }, judging) => {
    tenantAdmin(judging);
    const found = judging.caller.tenant.studentGroups.some(group => group.id === id && !group.deleted);
    return found ? wouldChange('student groups') : refuse('NOT_FOUND');
  },
};
