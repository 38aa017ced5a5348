import { createTenant, type KnownTenant } from './fixture';
import { startGateway, type GatewayForTest } from './start-gateway';

let gateway: GatewayForTest;
let acme: KnownTenant;
beforeAll(async () => {
  gateway = await startGateway({
    background: false,
    now: new Date('2026-03-20T12:00:00Z'),
    fill: async owner => {
      acme = await createTenant(owner, {
        key: 'acme',
        groups: { land: 'country' },
        classes: { adding: { grade: '5', subject: 'Maths' }, painting: { grade: '5', subject: 'Arts' } },
        placements: { india: { land: null, adding: 'land', painting: 'land' } },
        people: { teacher: ['TEACHER'], ann: ['LEARNER'], ben: ['LEARNER'] },
        enrolments: [
          { class: 'adding', person: 'teacher', type: 'TEACHER' },
          { class: 'painting', person: 'teacher', type: 'TEACHER' },
          { class: 'adding', person: 'ann', enrolledAt: '2026-01-01T08:00:00Z' },
          { class: 'painting', person: 'ann', enrolledAt: '2026-01-01T08:00:00Z', endedAt: '2026-03-01T08:00:00Z' },
          { class: 'painting', person: 'ben', enrolledAt: '2026-01-01T08:00:00Z' },
        ],
        competencies: [
          { code: 'adds', grade: '5', subject: 'Maths' },
          { code: 'paints', grade: '5', subject: 'Arts' },
        ],
      });
    },
  });
});
afterAll(async () => {
  expect(gateway.bugs).toEqual([]);
  await gateway.close();
});

test("a learner's figures of a past day are the same, whoever is asked about beside them", async () => {
  const teacher = { subject: 'teacher', tenant: 'acme', roles: ['TEACHER' as const] };
  const of = (person: string) => `${person}: learnerAnalytics(studentId: "${acme.personId(person)}", asOf: "2026-02-15") {
    expected skillGapCount skillGaps { totalCount }
    trend(period: { from: "2026-02-01", through: "2026-02-28" }, interval: MONTH) { expected }
  }`;
  const alone = { expected: 1, skillGapCount: 1, skillGaps: { totalCount: 1 }, trend: [{ expected: 1 }] };
  expect(await gateway.read(teacher, `{ ${of('ann')} }`)).toEqual({ ann: alone });
  expect(await gateway.read(teacher, `{ ${of('ann')} ${of('ben')} }`)).toEqual({ ann: alone, ben: alone });
});
