import { setTimeout as sleep } from 'node:timers/promises';
import { eraseAllTraces } from '../cli/run/erase-traces';
import { eraseUser } from '../cli/run/erase-user';
import { ingest } from '../subgraphs/reporting/ingest/ingest';
import { erasePerson } from '../subgraphs/roster/people/erasure/erase-person';
import { acceptanceLock } from '../subgraphs/shared/database/acceptance-lock.queries';
import type { Credentials } from '../subgraphs/shared/access/caller';
import { writeAudit } from '../subgraphs/shared/audit/audit';
import { Database, type Transaction } from '../subgraphs/shared/database/database';
import { createTestDatabase, type TestDatabase } from './database';
import { connectApplication, connectOwner, createTenant, type KnownTenant } from './fixture';
import { selectTablesWith } from './whole-database.queries';

const now = new Date('2026-03-20T12:00:00Z');
const later = new Date('2026-03-20T12:02:00Z');
const name = 'zx-90210';

let database: TestDatabase;
let owner: Database;
let application: Database;
beforeEach(async () => {
  database = await createTestDatabase();
  owner = await connectOwner(database.url);
  application = await connectApplication(database.url);
});
afterEach(async () => {
  await owner.close();
  await application.close();
  await database.drop();
});

const tenantOf = (key: string): Promise<KnownTenant> =>
  createTenant(owner, { key, classes: { c1: {} }, people: { [name]: ['LEARNER'], other: ['LEARNER'] } });

const event = (eventId: string, userId = name) => ({ eventId, classId: 'c1', userId, occurredAt: '2026-03-18T08:00:00Z', score: 50 });

/** A batch that knows the person, and is not committed yet. */
async function batchInFlight({ number }: KnownTenant, eventId: string) {
  const batch = await application.begin(number, 'activity');
  expect(await ingest(batch, [event(eventId)], { now, ids: 'external' })).toMatchObject({ accepted: 1 });
  return batch;
}

const erase = ({ number, people }: KnownTenant) =>
  application.transaction(number, 'write', tx => erasePerson(tx, { personId: people.get(name)!, now }));

/** Comes back once somebody waits for all activity that is being accepted. */
async function somebodyWaits(tenantId: number): Promise<'waits'> {
  for (;;) {
    const [row] = await owner.transaction(tenantId, 'read', tx =>
      tx.query<{ waits: boolean }>(
        `select exists (select from pg_locks where locktype = 'advisory' and classid = $1 and objid = $2 and not granted) as waits`,
        [acceptanceLock, tenantId],
      ));
    if (row!.waits) return 'waits';
    await sleep(10);
  }
}

const eventIds = ({ number }: KnownTenant) =>
  owner.transaction(number, 'read', tx =>
    tx.query<{ event_id: string }>(`select event_id from activity_events where tenant_id = $1`, [number]));

const ways: [string, (tenant: KnownTenant) => Promise<unknown>][] = [
  ['in the graph', async tenant => {
    await erase(tenant);
    return eraseAllTraces(owner, later);
  }],
  ['by the command', () => eraseUser({ ownerUrl: database.url }, { id: name, now })],
];

test.each(ways)('a batch that was being accepted while somebody was erased %s names them no more', async (_, eraseNow) => {
  const tenant = await tenantOf('acme');
  const batch = await batchInFlight(tenant, `${name} on Wednesday`);
  const erasing = eraseNow(tenant).then(() => 'ended');
  expect(await Promise.race([erasing, somebodyWaits(tenant.number)])).toBe('waits');
  await batch.commit();
  expect(await erasing).toBe('ended');

  expect(await selectTablesWith(database.adminUrl, [name])).toEqual([]);
  expect(await eventIds(tenant)).toEqual([{ event_id: expect.stringMatching(/^erased-[0-9a-f]{64}$/) }]);
  const after = await application.transaction(tenant.number, 'activity', tx =>
    ingest(tx, [event(`${name} on Thursday`), event('another', 'other')], { now: later, ids: 'external' }));
  expect(after).toMatchObject({ accepted: 1, rejected: [{ code: 'NOT_FOUND' }] });
});

test('who is erased while others are waited for is looked for the next time', async () => {
  const tenant = await tenantOf('acme');
  const personId = tenant.people.get('other')!;
  const first = await batchInFlight(tenant, 'of the first');
  await erase(tenant);
  const erasing = eraseAllTraces(owner, later);
  await somebodyWaits(tenant.number);
  await application.transaction(tenant.number, 'write', tx => erasePerson(tx, { personId, now }));
  await first.commit();
  expect(await erasing).toBe(1);
  const unfinished = () =>
    owner.transaction(tenant.number, 'read', tx =>
      tx.query<{ person_id: number }>('select person_id from erasures where tenant_id = $1 and finished_at is null', [tenant.number]));
  expect(await unfinished()).toEqual([{ person_id: personId }]);
  expect(await eraseAllTraces(owner, later)).toBe(1);
  expect(await unfinished()).toEqual([]);
});

test('where a request of theirs came from that ends after all is over is not kept', async () => {
  const tenant = await tenantOf('acme');
  const personId = tenant.people.get(name)!;
  const acts = (who: number, at: Date) => (tx: Transaction) =>
    writeAudit(tx, { action: 'tested' }, {
      ...{ now: at, person: { personId: who, actsForPlatform: false } },
      from: { address: '192.0.2.7', agent: 'a browser' } as Credentials,
    });
  const request = await application.begin(tenant.number, 'write');
  await acts(personId, now)(request);
  await application.transaction(tenant.number, 'write', acts(tenant.people.get('other')!, now));
  await erase(tenant);
  expect(await eraseAllTraces(owner, later)).toBe(1);
  await request.commit();
  const addresses = () =>
    owner.transaction(tenant.number, 'read', async tx => {
      const rows = await tx.query<{ person_id: number; address: string | null; agent: string | null }>(
        `select person_id, address, agent from audit_log where tenant_id = $1 and action = 'tested'`,
        [tenant.number],
      );
      return new Map(rows.map(({ person_id, address, agent }) => [person_id, [address, agent]]));
    });
  expect((await addresses()).get(personId)).toEqual(['192.0.2.7', 'a browser']);
  expect(await eraseAllTraces(owner, later)).toBe(0);
  expect([...(await addresses()).values()]).toEqual(expect.arrayContaining([[null, null], ['192.0.2.7', 'a browser']]));
  expect((await addresses()).get(personId)).toEqual([null, null]);
});

test('what keeps the traces in one tenant from being found keeps those in no other', async () => {
  const tenants = [await tenantOf('held'), await tenantOf('free'), await tenantOf('also-held')] as const;
  for (const tenant of tenants) {
    await application.transaction(tenant.number, 'activity', tx => ingest(tx, [event(`${name} in ${tenant.key}`)], { now, ids: 'external' }));
    await erase(tenant);
  }
  const [held, , alsoHeld] = tenants;
  const impatient = await Database.connect({ url: database.url, stepDown: false, entities: [], statementTimeout: 500 });
  const batches = await Promise.all([held, alsoHeld].map(({ number }) => application.begin(number, 'activity')));
  try {
    await expect(eraseAllTraces(impatient, later)).rejects.toMatchObject({ errors: [{ code: '57014' }, { code: '57014' }] });
  } finally {
    for (const batch of batches) await batch.rollback();
    await impatient.close();
  }
  const kept = async () => (await Promise.all(tenants.map(eventIds))).map(([row]) => row!.event_id.startsWith('erased-'));
  expect(await kept()).toEqual([false, true, false]);
  expect(await eraseAllTraces(owner, later)).toBe(2);
  expect(await selectTablesWith(database.adminUrl, [name])).toEqual([]);
});
