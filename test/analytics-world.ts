import type { Database } from '../subgraphs/shared/database/database';
import { deletePeople } from './analytics.queries';
import { createTenant, type KnownTenant, type TenantFixture } from './fixture';
import { startGateway, type Asker, type GatewayForTest } from './start-gateway';
import { twoHierarchies } from './two-hierarchies';

/** 20 March 2026, a Friday: the window is from 21 February on. */
export const now = new Date('2026-03-20T12:00:00Z');

export const fixture = (key: string): TenantFixture => {
  const plain = twoHierarchies(key);
  return {
    ...plain,
    people: { ...plain.people, mate: ['TEACHER'], gone: ['LEARNER'], idle: ['TEACHER'], many: ['TEACHER'], eve: ['LEARNER'], soon: ['LEARNER'] },
    enrolments: [
      { class: 'a1', person: 'ann' },
      { class: 'a2', person: 'ann' },
      { class: 'a1', person: 'ben' },
      { class: 'b1', person: 'cem' },
      { class: 'a1', person: 'gone' },
      { class: 'a1', person: 'eve', enrolledAt: '2026-03-15T08:00:00Z' },
      { class: 'a2', person: 'soon', enrolledAt: '2026-03-21T08:00:00Z' },
      { class: 'b1', person: 'dia', endedAt: '2026-02-01T12:00:00Z' },
      { class: 'closed', person: 'dia' },
      { class: 'a1', person: 'teacher', type: 'TEACHER' },
      { class: 'a2', person: 'mate', type: 'TEACHER' },
      { class: 'b1', person: 'mate', type: 'TEACHER' },
    ],
    competencies: [
      { code: 'adds', grade: '5', subject: 'Maths' },
      { code: 'counts', grade: '5', subject: 'Maths' },
      { code: 'paints', grade: '5', subject: 'Arts' },
      { code: 'divides', grade: '6', subject: 'Maths' },
    ],
    statuses: [
      { person: 'ann', competency: 'adds', day: '2026-01-20', status: 3 },
      { person: 'ann', competency: 'counts', day: '2026-03-02', status: 3 },
      { person: 'ben', competency: 'adds', day: '2026-03-02', status: 3 },
      { person: 'ben', competency: 'adds', day: '2026-03-12', status: 1 },
      { person: 'cem', competency: 'divides', day: '2026-03-19', status: 3 },
      { person: 'gone', competency: 'adds', day: '2026-03-02', status: 3 },
    ],
  };
};

export interface AnalyticsWorld {
  gateway: GatewayForTest;
  acme: KnownTenant;
  /** A tenant with the same names. */
  other: KnownTenant;
  learner(person: string, fields: string, args?: string): string;
  teacher(person: string, fields: string, args?: string): string;
  organisation(fields: string, args?: string): string;
}

export const as = (person: string, roles: Asker['roles'] = fixture('acme').people![person]!): Asker => ({ subject: person, tenant: 'acme', roles });

/** The whole service over two tenants, with what learners of the first did; one of these is deleted since. */
export async function startAnalytics(): Promise<AnalyticsWorld> {
  let acme!: KnownTenant;
  let other!: KnownTenant;
  const fill = async (owner: Database) => {
    acme = await createTenant(owner, fixture('acme'));
    other = await createTenant(owner, fixture('other'));
  };
  const gateway = await startGateway({ fill, background: false, now });
  let event = 0;
  const did = (person: string, klass: string, day: string, more: object) => ({
    ...{ eventId: `e${event++}`, userId: person, classId: klass, occurredAt: `${day}T09:00:00Z`, ...more },
  });
  const sent = await gateway.send(as('admin'), [
    did('ann', 'a1', '2026-02-20', { score: 10 }), // the day before the window
    did('ann', 'a1', '2026-02-21', { score: 80, secondsSpent: 60 }),
    did('ann', 'a2', '2026-02-21', { secondsSpent: 30 }),
    did('ann', 'a2', '2026-03-19', { score: 60 }),
    did('ben', 'a1', '2026-03-05', { score: 40 }),
    did('cem', 'b1', '2026-03-18', { score: 90, secondsSpent: 100 }),
    did('gone', 'a1', '2026-03-18', { score: 0 }),
    did('dia', 'b1', '2026-01-20', { score: 70 }),
  ]);
  expect(sent.body).toMatchObject({ accepted: 8 });
  const owner = gateway.service.subgraph('reporting').database;
  await owner.transaction(acme.number, 'write', tx => deletePeople(tx, [acme.people.get('gone')!]));
  return {
    ...{ gateway, acme, other },
    learner: (person, fields, args = '') => `{ learnerAnalytics(studentId: "${acme.personId(person)}"${args}) { ${fields} } }`,
    teacher: (person, fields, args = '') => `{ teacherAnalytics(teacherId: "${acme.personId(person)}"${args}) { ${fields} } }`,
    organisation: (fields, args = '') => `{ organisationAnalytics${args && `(${args})`} { ${fields} } }`,
  };
}
