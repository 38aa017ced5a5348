import { Random } from '../../cli/generate/random';
import type { RoleName } from '../../subgraphs/shared/access/roles';
import { anyOf, several, token } from './random-words';
import { noRoster, randomRoster } from './world-roster';
import type { Placed, Thing, World, WorldClass, WorldGroup, WorldPerson, WorldTenant } from './world-shapes';

/**
 * A random world of tenants in plain arrays: what the database is filled with, and what an answer is judged by. Every
 * name, identifier, login, code and subject in it is a token that stands nowhere else (nq3g012z: the name of group 12
 * of tenant 3), so that one that leaks is found by searching the text of an answer.
 */
export const tokens = /[xnclgfs]q\d[a-z]\d{3}z/gi;

export type * from './world-shapes';

/** The moment of every request. */
export const now = new Date('2026-03-20T12:00:00Z');

/** The hierarchies that every database has. */
export const hierarchies: Record<string, { name: string; description: string; levels: [name: string, type: string][] }> = {
  india: {
    name: 'India',
    description: 'Country, state, district, block, cluster, school',
    levels: [['Country', 'country'], ['State', 'state'], ['District', 'district'], ['Block', 'block'], ['Cluster', 'cluster'], ['School', 'school']],
  },
  us: {
    name: 'US',
    description: 'Country, state, school district, school',
    levels: [['Country', 'country'], ['State', 'state'], ['School District', 'school_district'], ['School', 'school']],
  },
  sap: { name: 'SAP', description: 'Country, school', levels: [['Country', 'country'], ['School', 'school']] },
};

/** Each tenant's own hierarchy, the others it places in, its time zone, and whether its sums are stored. */
const plans: { uses: string[]; timeZone: string; stored: boolean }[] = [
  { uses: ['india', 'us', 'sap'], timeZone: 'UTC', stored: true },
  { uses: ['india', 'sap'], timeZone: 'Asia/Kolkata', stored: false },
  { uses: ['us', 'india'], timeZone: 'America/New_York', stored: true },
  { uses: ['sap', 'us'], timeZone: 'UTC', stored: false },
  { uses: ['india'], timeZone: 'Asia/Tokyo', stored: true },
];

/** How many groups of each type a tenant has. */
const shape = { country: 2, state: 3, district: 4, school_district: 2, block: 2, cluster: 2, school: 6 };

/** Who there is in each tenant. */
const parts: Record<string, RoleName[]> = {
  ...{ admin: ['ORG_ADMIN'], officer: ['OFFICER'], topOfficer: ['OFFICER'], otherwise: ['OFFICER'], writer: ['OFFICER'] },
  ...{ stranger: ['OFFICER'], revoked: ['OFFICER'], empty: ['OFFICER'], teacher: ['TEACHER'], head: ['TEACHER'] },
  ...{ several: ['TEACHER', 'OFFICER', 'LEARNER'], partner: ['PARTNER'], viewer: ['PARTNER'], learner: ['LEARNER'] },
  ...{ gone: ['ORG_ADMIN'] },
  ...Object.fromEntries([1, 2, 3, 4, 5, 6].map(n => [`pupil${n}`, ['LEARNER']])),
};

export function randomWorld(seed: number): World {
  const platformPeople = [person(0, 0, { part: 'super', roles: ['SUPER_ADMIN'] }), person(0, 1, { part: 'plain', roles: ['OFFICER'] })];
  const tenants = plans.map((plan, index) => randomTenant(index + 1, { ...plan, random: new Random(seed * 31 + index) }));
  const [superAdmin] = platformPeople;
  for (const [index, tenant] of tenants.entries()) {
    Object.assign(tenant, randomRoster(tenant, { n: index + 1, random: new Random(seed * 37 + index), superAdmin: superAdmin! }));
  }
  return { seed, tenants: [platform(platformPeople), ...tenants] };
}

const platform = (people: WorldPerson[]): WorldTenant => ({
  ...{ key: 'platform', name: 'Platform', number: 1, id: '', ownHierarchy: 'india', timeZone: 'UTC', stored: false },
  ...{ groups: [], classes: [], parents: {}, enrolments: [], competencies: [], statuses: [], events: [], people },
  ...noRoster(),
});

const thing = (tenant: number, kind: string, n: number): Thing => ({
  externalId: token('x', tenant, kind, n),
  name: token('n', tenant, kind, n),
  code: token('c', tenant, kind, n),
  ...{ number: 0, id: '' },
});

const person = (tenant: number, n: number, { part, roles }: { part: string; roles: RoleName[] }): WorldPerson => ({
  ...{ part, roles, grants: [], deleted: part === 'gone', number: 0, id: '' },
  externalId: token('x', tenant, 'p', n),
  login: token('l', tenant, 'p', n),
  givenName: token('g', tenant, 'p', n),
  familyName: token('f', tenant, 'p', n),
});

interface Plan {
  uses: string[];
  timeZone: string;
  stored: boolean;
  random: Random;
}

function randomTenant(n: number, { uses, timeZone, stored, random }: Plan): WorldTenant {
  const types = Object.entries(shape).flatMap(([type, count]) => Array.from({ length: count }, () => type));
  const subjects = [token('s', n, 's', 1), token('s', n, 's', 2)];
  const grades = ['5', '6'];
  const tenant: WorldTenant = {
    ...{ key: token('x', n, 't'), name: token('n', n, 't'), number: 0, id: '' },
    ...{ ownHierarchy: uses[0]!, timeZone, stored, parents: {}, enrolments: [], events: [], statuses: [], ...noRoster() },
    groups: types.map((type, index) => ({ kind: 'group', type, ...thing(n, 'g', index) })),
    classes: Array.from({ length: 16 }, (_, index) => ({
      ...{ kind: 'class' as const, ...thing(n, 'k', index) },
      grade: random.below(5) === 0 ? null : anyOf(random, grades),
      subject: random.below(3) === 0 ? null : anyOf(random, subjects),
      active: random.below(6) > 0,
      school: null,
    })),
    people: Object.entries(parts).map(([part, roles], index) => person(n, index, { part, roles })),
    competencies: Array.from({ length: 6 }, (_, index) => ({
      id: '',
      code: token('c', n, 'm', index),
      framework: token('n', n, 'w', index % 2),
      grade: anyOf(random, grades),
      subject: anyOf(random, subjects),
    })),
  };
  for (const hierarchy of uses) tenant.parents[hierarchy] = randomPlacements(tenant, hierarchy, random);
  grantAtRandom(tenant, random);
  enrolAtRandom(tenant, random);
  liveAtRandom(tenant, { n, subjects, random });
  return tenant;
}

/** Ragged on purpose: levels are skipped, groups hang nowhere, classes hang high up or not at all. */
function randomPlacements({ groups, classes }: WorldTenant, hierarchy: string, random: Random) {
  const types = hierarchies[hierarchy]!.levels.map(([, type]) => type);
  const level = (group: WorldGroup) => types.indexOf(group.type);
  const inIt = groups.filter(group => level(group) >= 0);
  const placed = new Map<Placed, WorldGroup | null>();
  for (const group of inIt) {
    const above = inIt.filter(other => level(other) < level(group));
    const near = above.filter(other => level(other) >= level(group) - 2);
    if (level(group) === 0) {
      if (random.below(2) === 0) placed.set(group, null);
    } else if (random.below(8) > 0) placed.set(group, anyOf(random, near));
  }
  const schools = inIt.filter(group => group.type === 'school');
  for (const klass of classes) {
    if (random.below(7) > 0) placed.set(klass, anyOf(random, random.below(4) > 0 ? schools : inIt));
  }
  return placed;
}

/** Views that are wide and narrow, that begin mid-tree, that overlap, that are empty. */
function grantAtRandom(tenant: WorldTenant, random: Random): void {
  const { groups, people } = tenant;
  const ofType = (...wanted: string[]) => groups.filter(group => wanted.includes(group.type));
  const grant = (part: string, granted: WorldGroup[]) => {
    people.find(known => known.part === part)!.grants = granted;
  };
  grant('officer', several(random, ofType('state', 'district', 'school_district', 'school'), 3));
  grant('topOfficer', ofType('country'));
  // Groups of types that some of the tenant's hierarchies do not know.
  grant('otherwise', several(random, ofType('school_district', 'district', 'block'), 3));
  grant('writer', several(random, ofType('state', 'school'), 3));
  grant('revoked', several(random, ofType('state', 'country'), 2));
  grant('empty', ofType('cluster').slice(0, 1));
  grant('head', several(random, ofType('district', 'school_district', 'school'), 2));
  grant('several', several(random, ofType('school', 'state'), 2));
  grant('partner', several(random, ofType('school'), 4));
  grant('viewer', several(random, groups, 3));
  grant('learner', several(random, groups, 3)); // of no use to a learner
  grant('gone', ofType('country'));
}

function enrolAtRandom(tenant: WorldTenant, random: Random): void {
  const { classes, people, enrolments } = tenant;
  const enrol = (klass: WorldClass, who: WorldPerson, type: 'STUDENT' | 'TEACHER') => {
    if (enrolments.some(known => known.klass === klass && known.person === who && known.type === type)) return;
    const endedAt = random.below(5) === 0 ? `2026-02-${10 + random.below(9)}T08:00:00Z` : null;
    enrolments.push({ klass, person: who, type, enrolledAt: `2026-01-${10 + random.below(9)}T08:00:00Z`, endedAt });
  };
  const named = (...wanted: string[]) => people.filter(({ part }) => wanted.includes(part));
  for (const who of named('teacher', 'head', 'several', 'officer', 'learner')) {
    for (const klass of several(random, classes, 4)) enrol(klass, who, 'TEACHER');
  }
  for (const who of people.filter(({ part }) => /^pupil|^learner$|^several$/.test(part))) {
    for (const klass of several(random, classes, 6)) enrol(klass, who, 'STUDENT');
  }
}

function liveAtRandom(tenant: WorldTenant, { n, subjects, random }: { n: number; subjects: string[]; random: Random }): void {
  const { classes, people, competencies, statuses, events } = tenant;
  const pupils = people.filter(({ part }) => part.startsWith('pupil'));
  const day = () => `2026-0${1 + random.below(3)}-${String(1 + random.below(19)).padStart(2, '0')}`;
  for (let index = 0; index < 70; index++) {
    const score = random.below(4) === 0 ? null : random.below(10_000) / 100;
    events.push({
      eventId: token('x', n, 'e', index),
      klass: anyOf(random, classes),
      person: anyOf(random, pupils),
      occurredAt: `${day()}T${String(random.below(24)).padStart(2, '0')}:30:00Z`,
      ...{ score, kind: random.below(2) === 0 ? 'ASSESSMENT' : 'COLLECTION' },
      seconds: random.below(4) === 0 ? null : 1 + random.below(4_000),
      subject: random.below(4) === 0 ? null : anyOf(random, subjects),
      contentSource: random.below(2) === 0 ? null : token('s', n, 'o', random.below(2)),
    });
  }
  for (const who of pupils) {
    for (const competency of competencies) {
      const taken = new Set(Array.from({ length: random.below(3) }, day));
      for (const each of taken) statuses.push({ person: who, competency, day: each, status: random.below(4) });
    }
  }
}
