import express, { type Express } from 'express';
import * as fc from 'fast-check';
import request from 'supertest';
import { ingest, ingestPosts } from '../subgraphs/reporting/ingest/ingest';
import { buildEverything } from '../subgraphs/reporting/rollup/build';
import { foldAll } from '../subgraphs/reporting/rollup/fold';
import { verify } from '../subgraphs/reporting/rollup/verify';
import { reportingSubgraph } from '../subgraphs/reporting/subgraph';
import type { Database } from '../subgraphs/shared/database/database';
import { mountRoutes, problemHandler } from '../subgraphs/shared/subgraph/http';
import { openBothLogins, type BothLogins } from './both-logins';
import { createTenant, type KnownTenant, type TenantFixture } from './fixture';
import { countOfTransactions, holdActivity, pretendBacklog, selectKept } from './posts-that-share.queries';
import { startForTest, type ServiceForTest } from './start-for-test';

let logins: BothLogins;
let owner: Database;
let application: Database;
let service: ServiceForTest;
let app: Express;
const bugs: unknown[] = [];

beforeAll(async () => {
  logins = await openBothLogins();
  ({ owner, application } = logins);
  service = await startForTest({ url: logins.url, subgraphs: [reportingSubgraph], background: false, onBug: bug => bugs.push(bug) });
  app = express();
  mountRoutes(app, service.subgraph('reporting').routes);
  app.use(problemHandler(bug => bugs.push(bug)));
});
afterAll(async () => {
  await service.close();
  await logins.close();
});
afterEach(() => expect(bugs.splice(0)).toEqual([]));

let tenants = 0;
const fixture = (): TenantFixture => ({
  key: `sharing-${tenants++}`,
  groups: { land: 'country', north: 'state', south: 'state' },
  classes: { n1: {}, n2: {}, s1: {} },
  placements: { india: { land: null, north: 'land', south: 'land', n1: 'north', n2: 'north', s1: 'south' } },
  people: { admin: ['ORG_ADMIN'], boss: ['ORG_ADMIN'], nora: ['PARTNER'], sam: ['PARTNER'], ann: ['LEARNER'], ben: ['LEARNER'] },
  grants: { nora: ['north'], sam: ['south'] },
  competencies: [{ code: 'adds' }],
});

const event = (eventId: string, more: object = {}) => ({
  ...{ eventId, classId: 'n1', userId: 'ann', occurredAt: '2026-03-02T10:00:00Z', score: 50 },
  ...more,
});

const keptOf = (tenant: KnownTenant) => owner.transaction(tenant.number, 'read', selectKept);

describe('posts of one transaction', () => {
  const events = fc.record({
    eventId: fc.integer({ min: 0, max: 25 }).map(id => `e${id}`),
    classId: fc.constantFrom('n1', 'n1', 'n2', 's1', 'nowhere'),
    userId: fc.constantFrom('ann', 'ann', 'ben', 'nobody'),
    occurredAt: fc.constantFrom('2026-03-02T10:00:00Z', '2026-03-02T11:00:00Z', '2026-02-27T10:00:00Z', 'yesterday'),
    score: fc.constantFrom(50, 50, 50, 70, 101),
    subject: fc.constantFrom(null, 'Math'),
  });
  const withStatus = fc.record({ competency: fc.constant('adds'), status: fc.constantFrom('COMPLETED', 'IN_PROGRESS') });
  const record = fc.oneof(
    { weight: 6, arbitrary: events },
    { weight: 2, arbitrary: fc.tuple(events, withStatus).map(([some, more]) => ({ ...some, ...more })) },
    { weight: 1, arbitrary: fc.constantFrom<unknown>(null, 7, {}) },
  );
  const posts = fc.array(fc.array(record, { maxLength: 6 }), { minLength: 1, maxLength: 6 });

  test('are told, and leave behind, what they would one after the other', async () => {
    const [alone, together] = [await createTenant(owner, fixture()), await createTenant(owner, fixture())];
    const options = { now: new Date('2026-03-20T12:00:00Z'), ids: 'external' as const };
    await fc.assert(
      fc.asyncProperty(fc.array(posts, { minLength: 1, maxLength: 4 }), async rounds => {
        for (const round of rounds) {
          const expected = [];
          for (const post of round) {
            expected.push(await application.transaction(alone.number, 'activity', tx => ingest(tx, post, options)));
          }
          const told = await application.transaction(together.number, 'activity', tx => ingestPosts(tx, round, options));
          expect(told).toEqual(expected);
          for (const [index, { accepted, duplicates, rejected }] of told.entries()) {
            expect(accepted + duplicates + rejected.length).toBe(round[index]!.length);
          }
        }
        expect(await keptOf(together)).toEqual(await keptOf(alone));
        for (const { number } of [alone, together]) {
          await owner.transaction(number, 'write', async tx => {
            for (const table of ['activity_events', 'event_ids', 'class_days', 'learner_days', 'learner_months', 'fact_deltas']) {
              await tx.query(`delete from ${table} where ${table}.tenant_id = $1`, [tx.tenantId]);
            }
          });
        }
      }),
      { numRuns: 40 },
    );
  });
});

/** Sends posts while nobody may accept any, and lets them be accepted once all wait. */
async function sendAtOnce(tenant: KnownTenant, posts: { as: string; events: object[] }[]) {
  const tokens = new Map<string, string>();
  for (const { as } of posts) {
    tokens.set(as, await service.token({ subject: as, tenant: tenant.key, roles: tenant.rolesOf(as) }));
  }
  const holding = await owner.begin(tenant.number, 'write');
  await holdActivity(holding);
  const sent: Promise<request.Response>[] = [];
  for (const { as, events } of posts) {
    sent.push(
      request(app)
        .post('/events')
        .set({ authorization: `Bearer ${tokens.get(as)}`, 'content-type': 'application/x-ndjson' })
        .send(events.map(each => JSON.stringify(each)).join('\n'))
        .then(answer => answer),
    );
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  await holding.commit();
  return Promise.all(sent);
}

test('requests of few events that come while others are being stored share a transaction, and each hears of its own', async () => {
  const tenant = await createTenant(owner, fixture());
  const posts = Array.from({ length: 20 }, (_, index) => ({
    as: index % 2 === 0 ? 'admin' : 'boss',
    events: [event(`p${index}`), event(`p${index}b`, { classId: 's1', score: index }), event('same', { score: 5 }), event(`q${index}`, { userId: 'nobody' })],
  }));
  posts[7]!.events.push(event('same', { score: 6 }));
  const answers = await sendAtOnce(tenant, posts);
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(202));
  const receipts = answers.map(({ body }) => body as { accepted: number; duplicates: number; rejected: { eventId: string; code: string }[] });
  expect(receipts.map(({ accepted }) => accepted).sort()).toEqual([...Array(19).fill(2), 3]);
  expect(receipts.map(({ duplicates }) => duplicates).sort()).toEqual([0, ...Array(19).fill(1)]);
  for (const [index, { rejected }] of receipts.entries()) {
    const other = index === 7 ? [{ eventId: 'same', code: 'CONFLICT' }] : [];
    expect(rejected.map(({ eventId, code }) => ({ eventId, code }))).toEqual([{ eventId: `q${index}`, code: 'NOT_FOUND' }, ...other]);
  }
  // One that found nobody before it, and the nineteen others.
  expect(await owner.transaction(tenant.number, 'read', countOfTransactions)).toBe(2);
  await foldAll(application, tenant.number);
  expect(await owner.transaction(tenant.number, 'read', tx => verify(tx))).toMatchObject({ differences: [] });
});

test('nobody shares a transaction with who may send for other classes', async () => {
  const tenant = await createTenant(owner, fixture());
  const posts = Array.from({ length: 8 }, (_, index) => ({
    as: index < 6 ? 'nora' : 'sam',
    events: [event(`n${index}`), event(`s${index}`, { classId: 's1' })],
  }));
  const answers = await sendAtOnce(tenant, posts);
  for (const [index, { body }] of answers.entries()) {
    const refused = `${posts[index]!.as === 'nora' ? 's' : 'n'}${index}`;
    expect(body).toMatchObject({ accepted: 1, duplicates: 0, rejected: [{ eventId: refused, code: 'FORBIDDEN' }] });
  }
  expect(await owner.transaction(tenant.number, 'read', countOfTransactions)).toBe(4);
});

test('while too much waits to be folded all are asked to come later, and nothing of theirs is stored', async () => {
  const tenant = await createTenant(owner, fixture());
  const [first] = await sendAtOnce(tenant, [{ as: 'admin', events: [event('before')] }]);
  expect(first!.body.accepted).toBe(1);
  const before = await keptOf(tenant);
  await owner.transaction(tenant.number, 'write', tx => pretendBacklog(tx, 500_001));
  // Without stored sums nothing is folded, and nothing waits for it.
  const [free] = await sendAtOnce(tenant, [{ as: 'admin', events: [event('before')] }]);
  expect(free!.body.duplicates).toBe(1);

  await application.transaction(tenant.number, 'write', tx => buildEverything(tx));
  await owner.transaction(tenant.number, 'write', tx => pretendBacklog(tx, 500_001));
  const many = Array.from({ length: 501 }, (_, index) => event(`many${index}`));
  const refused = await sendAtOnce(tenant, [
    ...Array.from({ length: 5 }, (_, index) => ({ as: 'admin', events: [event(`late${index}`)] })),
    { as: 'admin', events: many },
  ]);
  for (const { status, headers, body } of refused) {
    expect([status, headers['retry-after'], body.code]).toEqual([429, '5', 'RATE_LIMITED']);
    expect(body.detail).toMatch(/^Some 500\d{3} changes wait to be added up, more than 500000; please send this again/);
  }
  const mutation = await service.ask({
    ...{ subgraph: 'reporting', tenant, as: 'admin' },
    query: 'mutation ($events: [ActivityEventInput!]!) { recordActivity(events: $events) { accepted } }',
    variables: { events: [{ eventId: 'late', classId: tenant.nodeId('n1'), userId: tenant.personId('ann'), occurredAt: '2026-03-02T10:00:00Z', score: 1 }] },
  });
  expect(mutation.errors!.map(({ extensions }) => extensions!.code)).toEqual(['RATE_LIMITED']);
  const { deltas: _deltas, ...kept } = await keptOf(tenant);
  expect({ ...kept, deltas: before.deltas }).toEqual(before);

  await foldAll(application, tenant.number);
  const [again] = await sendAtOnce(tenant, [{ as: 'admin', events: [event('late0')] }]);
  expect(again!.body).toEqual({ accepted: 1, duplicates: 0, rejected: [] });
});
