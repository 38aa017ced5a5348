import type { Random } from '../../cli/generate/random';
import { anyOf, several, token } from './random-words';
import type { WorldDeed, WorldLogLine, WorldPerson, WorldRoster, WorldStudentGroup, WorldTenant } from './world-shapes';

/** What of a tenant hangs in no hierarchy: test series, student groups, what the logs keep, files that were sent. */
export const noRoster = (): WorldRoster => ({ series: [], studentGroups: [], log: [], deeds: [], imports: [], exports: [], orgTypes: {} });

interface Making {
  /** Of the tenant, as words carry it. */
  n: number;
  random: Random;
  /** Somebody of the platform, who does things here. */
  superAdmin: WorldPerson;
}

/** The actions of the audit log that nothing adds to while the world is attacked. */
export const deedsThatRest = ['SET_PASSWORD', 'SIGN_IN'];

export function randomRoster(tenant: WorldTenant, making: Making): WorldRoster {
  const { n, random } = making;
  const { classes, groups } = tenant;
  const schools = groups.filter(({ type }) => type === 'school');
  for (const klass of classes) klass.school = random.below(3) === 0 ? null : anyOf(random, schools);
  return {
    series: Array.from({ length: 4 }, (_, index) => ({
      ...{ id: '', name: token('n', n, 'v', index) },
      classes: index === 3 ? [] : several(random, classes, 6),
    })),
    studentGroups: Array.from({ length: 6 }, (_, index) => studentGroup(tenant, making, index)),
    log: Array.from({ length: 24 }, (_, index) => logLine(tenant, making, index)),
    deeds: Array.from({ length: 8 }, (_, index) => deed(tenant, making, index)),
    orgTypes: n % 2 === 0 ? {} : { local: anyOf(random, ['cluster', 'block']), department: anyOf(random, [null, 'school']) },
    imports: [],
    exports: [],
  };
}

/** One in six is deleted; their users are of every role, and some are nobody yet. */
function studentGroup({ people, groups }: WorldTenant, { n, random }: Making, index: number): WorldStudentGroup {
  const loginOf = ({ login }: WorldPerson) => (random.below(3) === 0 ? login.toUpperCase() : login);
  const users = several(random, people.filter(({ part }) => !part.startsWith('pupil')), 4).map(loginOf);
  return {
    ...{ id: '', name: token('n', n, 'q', index), schoolYear: 2025 + random.below(2), deleted: index === 5 },
    subject: anyOf(random, [null, 'All', 'Math', 'ELA']),
    school: anyOf(random, groups.filter(({ type }) => type === 'school')),
    students: several(random, people.filter(({ part }) => /^pupil|^learner$|^stranger$/.test(part)), 5),
    users: random.below(2) === 0 ? users : [...users, token('l', n, 'y', index)],
  };
}

const day = (random: Random): string => `2026-0${1 + random.below(3)}-${String(1 + random.below(19)).padStart(2, '0')}`;
/** No two of a tenant are of one moment. */
const moment = (random: Random, index: number): string => `${day(random)}T08:00:${String(index).padStart(2, '0')}.000Z`;

function logLine({ classes, people }: WorldTenant, { n, random, superAdmin }: Making, index: number): WorldLogLine {
  const living = people.filter(({ deleted }) => !deleted);
  const aboutStudent = random.below(2) === 0;
  const user = anyOf(random, living);
  return {
    action: anyOf(random, aboutStudent ? ['STUDENT_ADDED', 'STUDENT_REMOVED', 'STUDENT_UPDATED'] : ['TEACHER_ASSIGNED', 'GROUP_UPDATED']),
    ...{ klass: anyOf(random, classes), user, student: aboutStudent ? user : null },
    performer: random.below(6) === 0 ? superAdmin : anyOf(random, living),
    metadata: random.below(3) === 0 ? null : { reason: token('n', n, 'h', index) },
    createdAt: moment(random, index),
  };
}

function deed({ people }: WorldTenant, { n, random, superAdmin }: Making, index: number): WorldDeed {
  const byPlatform = random.below(4) === 0;
  return {
    action: anyOf(random, deedsThatRest),
    person: byPlatform ? superAdmin : random.below(4) === 0 ? null : anyOf(random, people),
    ...{ byPlatform, resourceId: random.below(2) === 0 ? null : token('n', n, 'r', index) },
    ...{ details: { word: token('n', n, 'd', index) }, address: `10.0.${n}.${index}`, agent: token('n', n, 'a', index) },
    at: moment(random, index),
  };
}
