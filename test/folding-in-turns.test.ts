import { setTimeout as sleep } from 'node:timers/promises';
import { ingest } from '../subgraphs/reporting/ingest/ingest';
import { buildEverything } from '../subgraphs/reporting/rollup/build';
import { startFolder } from '../subgraphs/reporting/rollup/folder';
import { verify } from '../subgraphs/reporting/rollup/verify';
import { openBothLogins, type BothLogins } from './both-logins';
import { createTenant, type KnownTenant } from './fixture';
import { insertManyDeltas, selectWaiting } from './folding-in-turns.queries';

let logins: BothLogins;
beforeAll(async () => (logins = await openBothLogins()));
afterAll(() => logins.close());

const now = new Date('2026-03-20T12:00:00Z');
const many = 100_000;

async function makeTenant(key: string): Promise<KnownTenant> {
  const { owner, application } = logins;
  const tenant = await createTenant(owner, {
    ...{ key, groups: { land: 'country' }, classes: { a: {} }, people: { ann: ['LEARNER'] } },
    placements: { india: { land: null, a: 'land' } },
  });
  await application.transaction(tenant.number, 'write', tx => buildEverything(tx));
  const attempt = { eventId: 'one', classId: 'a', userId: 'ann', occurredAt: '2026-03-02T10:00:00Z', score: 50 };
  await application.transaction(tenant.number, 'activity', tx => ingest(tx, [attempt], { now, ids: 'external' }));
  return tenant;
}

test('a tenant with very much to fold holds up no other', async () => {
  const { owner, application } = logins;
  const [large, small] = [await makeTenant('large'), await makeTenant('small')];
  await owner.transaction(large.number, 'write', tx => insertManyDeltas(tx, many));
  const waiting = ({ number }: KnownTenant) => owner.transaction(number, 'read', selectWaiting);

  const problems: unknown[] = [];
  const folder = startFolder({ database: application, onError: error => problems.push(error) });
  while ((await waiting(small)) > 0) await sleep(1);
  expect(await waiting(large)).toBeGreaterThan(0);
  while ((await waiting(large)) > 0) await sleep(50);
  await folder.stop();
  expect(problems).toEqual([]);
  for (const { number } of [large, small]) {
    expect((await owner.transaction(number, 'read', tx => verify(tx))).differences).toEqual([]);
  }
});
