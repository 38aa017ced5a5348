import { setTimeout as sleep } from 'node:timers/promises';
import { ingest } from '../subgraphs/reporting/ingest/ingest';
import { buildEverything, forgetEverything } from '../subgraphs/reporting/rollup/build';
import { lockBuild } from '../subgraphs/reporting/rollup/build-progress.queries';
import { startFolder } from '../subgraphs/reporting/rollup/folder';
import { lockStored } from '../subgraphs/reporting/rollup/stored.queries';
import { verify } from '../subgraphs/reporting/rollup/verify';
import type { Transaction } from '../subgraphs/shared/database/database';
import { openBothLogins, type BothLogins } from './both-logins';
import { createTenant, type KnownTenant } from './fixture';
import { insertManyDeltas, selectIsStoredHeld, selectWaiting } from './folding-in-turns.queries';

let logins: BothLogins;
beforeAll(async () => (logins = await openBothLogins()));
afterAll(() => logins.close());

const now = new Date('2026-03-20T12:00:00Z');
const many = 100_000;
const attempt = { eventId: 'one', classId: 'a', userId: 'ann', occurredAt: '2026-03-02T10:00:00Z', score: 50 };

async function makeTenant(key: string): Promise<KnownTenant> {
  const { owner, application } = logins;
  const tenant = await createTenant(owner, {
    ...{ key, groups: { land: 'country' }, classes: { a: {} }, people: { ann: ['LEARNER'] } },
    placements: { india: { land: null, a: 'land' } },
  });
  await application.transaction(tenant.number, 'write', tx => buildEverything(tx));
  await application.transaction(tenant.number, 'activity', tx => ingest(tx, [attempt], { now, ids: 'external' }));
  return tenant;
}

const waiting = ({ number }: KnownTenant) => logins.owner.transaction(number, 'read', selectWaiting);

/** Runs the folder until the work has ended; then both tenants' sums must be right, and nothing may have gone wrong. */
async function whileFolding(tenants: KnownTenant[], work: () => Promise<void>): Promise<void> {
  const { owner, application } = logins;
  const problems: unknown[] = [];
  const folder = startFolder({ database: application, onError: error => problems.push(error) });
  try {
    await work();
    while ((await Promise.all(tenants.map(waiting))).some(count => count > 0)) await sleep(50);
  } finally {
    await folder.stop();
  }
  expect(problems).toEqual([]);
  for (const { number } of tenants) {
    expect((await owner.transaction(number, 'read', tx => verify(tx))).differences).toEqual([]);
  }
}

/** A transaction of the tenant that has done this, and goes on until it is ended. */
async function holding({ number }: KnownTenant, work: (tx: Transaction) => Promise<unknown>): Promise<{ end(): Promise<void> }> {
  const tx = await logins.owner.begin(number, 'write');
  await work(tx);
  return { end: () => tx.commit() };
}

test('a tenant whose sums somebody else changes for long holds up no other', async () => {
  const [held, free] = [await makeTenant('held'), await makeTenant('free')];
  const other = await holding(held, lockStored);
  await whileFolding([held, free], async () => {
    while ((await waiting(free)) > 0) await sleep(1);
    await other.end();
  });
});

test('making the stored sums of one tenant holds up the folding of no other', async () => {
  const { owner, application } = logins;
  const [built, free] = [await makeTenant('built'), await makeTenant('free of it')];
  await application.transaction(built.number, 'write', tx => forgetEverything(tx));
  const other = await holding(built, lockBuild);
  await whileFolding([built, free], async () => {
    const isBuilding = () => owner.transaction(built.number, 'read', tx => selectIsStoredHeld(tx));
    while (!(await isBuilding())) await sleep(1);
    await application.transaction(free.number, 'activity', tx => ingest(tx, [{ ...attempt, eventId: 'two' }], { now, ids: 'external' }));
    while ((await waiting(free)) > 0) await sleep(1);
    expect(await waiting(built)).toBeGreaterThan(0);
    await other.end();
  });
});

test('a tenant with very much to fold holds up no other', async () => {
  const { owner } = logins;
  const [large, small] = [await makeTenant('large'), await makeTenant('small')];
  await owner.transaction(large.number, 'write', tx => insertManyDeltas(tx, many));
  await whileFolding([large, small], async () => {
    while ((await waiting(small)) > 0) await sleep(1);
    expect(await waiting(large)).toBeGreaterThan(0);
  });
});
