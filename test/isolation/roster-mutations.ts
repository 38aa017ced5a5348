import { anId, anyOf, chance, type Hand } from './arguments';
import { statusOf } from './rules-of-rosters';
import { hierarchies, type WorldTenant } from './world';

/** Arguments by which rosters stay as they are: who is enrolled already, a name that is taken, a status that it has. */
export function harmlessToRosters(aTenant: (hand: Hand) => WorldTenant): Record<string, (hand: Hand) => Record<string, unknown>> {
  /** An enrolment, mostly of a class that is the caller's own to change. */
  const anEnrolment = (hand: Hand, matches: { type?: string; isActive?: boolean }) => {
    const { person } = hand.caller;
    const all = aTenant(hand).enrolments.filter(({ type, endedAt }) =>
      (matches.type ?? type) === type && (matches.isActive ?? endedAt === null) === (endedAt === null));
    const isOwn = (klass: object) => hand.caller.tenant.enrolments.some(of =>
      of.klass === klass && of.person === person && of.type === 'TEACHER' && of.endedAt === null);
    const own = all.filter(({ klass }) => isOwn(klass));
    return anyOf(hand, own.length > 0 && !chance(hand, 3) ? own : all.length > 0 ? all : hand.world.tenants.at(-1)!.enrolments);
  };
  const aSeries = (hand: Hand, assigned: boolean) => {
    const tenant = aTenant(hand);
    const { klass } = anEnrolment(hand, { type: 'TEACHER' });
    const fitting = tenant.series.filter(({ classes }) => classes.includes(klass) === assigned);
    return { classId: klass.id, testSeriesId: fitting.length > 0 ? anyOf(hand, fitting).id : anId(hand) };
  };
  return {
    createClass: hand => {
      const tenant = aTenant(hand);
      const { externalId, name } = anyOf(hand, tenant.classes);
      const hierarchyId = anyOf(hand, Object.keys(hierarchies));
      return {
        input: {
          ...{ externalId, name, teacherIds: chance(hand, 2) ? [] : [anyOf(hand, aTenant(hand).people).id] },
          schoolId: chance(hand, 2) ? null : anyOf(hand, aTenant(hand).groups).id,
          parents: chance(hand, 2) ? [] : [{ hierarchyId, parentId: anyOf(hand, aTenant(hand).groups).id }],
        },
      };
    },
    setClassActive: hand => {
      const { klass } = anEnrolment(hand, { type: 'TEACHER' });
      return { classId: klass.id, active: klass.active };
    },
    enrolStudents: hand => {
      const { klass, person } = anEnrolment(hand, { type: 'STUDENT', isActive: true });
      const more = chance(hand, 4) ? [anId(hand)] : [];
      return { classId: klass.id, studentIds: [person.id, ...more], metadata: chance(hand, 2) ? { reason: 'again' } : null };
    },
    assignTeacher: hand => {
      const { klass, person } = anEnrolment(hand, { type: 'TEACHER', isActive: true });
      return { classId: klass.id, teacherId: chance(hand, 6) ? anId(hand) : person.id };
    },
    removeTeacher: hand => {
      const { klass, person } = anEnrolment(hand, { type: 'TEACHER', isActive: false });
      return { classId: klass.id, teacherId: chance(hand, 4) ? anId(hand) : person.id, reason: null };
    },
    setEnrolmentStatus: hand => {
      const { klass, person, type, ...rest } = anEnrolment(hand, {});
      return { classId: klass.id, userId: person.id, type, status: statusOf({ klass, person, type, ...rest }), reason: null };
    },
    createTestSeries: hand => ({ name: anyOf(hand, aTenant(hand).series).name }),
    assignTestSeries: hand => aSeries(hand, true),
    removeTestSeries: hand => aSeries(hand, false),
    validateRelationships: () => ({ fix: false }),
    setOrgTypes: hand => ({
      types: anyOf(hand, [[], [{ orgType: 'school', groupType: 'class' }], [{ orgType: 'local' }, { orgType: 'local' }]]),
    }),
    eraseUser: hand => ({ userId: chance(hand, 3) ? hand.caller.person.id : chance(hand, 2) ? anyOf(hand, aTenant(hand).people).id : anId(hand), reason: null }),
    removeStudentGroup: hand => {
      const gone = aTenant(hand).studentGroups.filter(({ deleted }) => deleted);
      return { id: anyOf(hand, chance(hand, 2) ? gone : anyOf(hand, hand.world.tenants.slice(1)).studentGroups).id };
    },
  };
}
