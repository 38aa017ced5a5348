import request from 'supertest';
import type { TokenContents } from '../subgraphs/shared/access/keys';
import { startGuardedTenants, type GuardedTenants } from './guarded-tenants';
import type { Asker } from './start-gateway';

/** What was answered, and is remembered word for word, is given to nobody else, and to nobody who has ceased to be who they were. */
let world: GuardedTenants;
beforeAll(async () => {
  world = await startGuardedTenants();
});
afterAll(async () => {
  await world.gateway.close();
  expect(world.gateway.bugs).toEqual([]);
});

const report = '{ viewer { login tenant { id } roles } hierarchies { id } }';
const tokens = new Map<string, string>();
async function ask(who: Asker, query = report) {
  const { actingTenant, strong, ...contents } = who;
  const key = JSON.stringify(contents);
  const token = tokens.get(key) ?? (await world.gateway.service.token(contents as TokenContents));
  tokens.set(key, token);
  const { body, status, headers } = await request(world.gateway.app)
    .post('/graphql')
    .set({
      authorization: `Bearer ${token}`,
      ...(actingTenant === undefined ? {} : { 'strata-tenant': actingTenant }),
      ...(strong ? { 'strata-consistency': 'strong' } : {}),
    })
    .send({ query });
  return { status, body, fromMemory: headers.age !== undefined, codes: (body.errors ?? []).map((error: { extensions: { code: string } }) => error.extensions.code) };
}

/** Asks until the answer is remembered: what goes on in the background may move a version in between. */
async function remembered(who: Asker) {
  for (let time = 0; time < 20; time++) {
    const answer = await ask(who);
    if (answer.fromMemory) return answer.body.data;
  }
  throw new Error('the answer is never given again');
}

const inTenant = (sql: string, tenant = world.acme.number) =>
  world.gateway.service.subgraph('roster').database.transaction(tenant, 'write', tx => tx.query(sql));

test('another role in the token is another question, and another tenant acted in another answer, written down each time', async () => {
  await remembered(world.as('admin'));
  const less = await ask({ ...world.as('admin'), roles: [] });
  expect([less.fromMemory, less.body.data.viewer.roles]).toEqual([false, []]);

  expect((await remembered(world.superAdmin)).viewer.tenant.id).toBe('t000001');
  const [acme, rival] = [await ask({ ...world.superAdmin, actingTenant: 'acme' }), await ask({ ...world.superAdmin, actingTenant: 'rival' })];
  expect([acme, rival].map(({ fromMemory }) => fromMemory)).toEqual([false, false]);
  expect(acme.body.data.viewer.tenant.id).not.toBe(rival.body.data.viewer.tenant.id);
  expect((await ask({ ...world.superAdmin, actingTenant: 'acme' })).fromMemory).toBe(false);
  expect((await ask({ ...world.as('admin'), actingTenant: 'rival' })).codes).toContain('FORBIDDEN');
});

test('who would be told what is so now is told the same as all, while nothing has changed', async () => {
  const known = await remembered(world.as('admin'));
  expect((await ask({ ...world.as('admin'), strong: true })).body.data).toEqual(known);
});

test('a role that is taken away takes its answers along', async () => {
  await remembered(world.as('partner'));
  await inTenant(`update people set roles = '{LEARNER}' where external_id = 'partner'`);
  const after = await ask(world.as('partner'));
  expect([after.fromMemory, after.body.data.viewer.roles]).toEqual([false, []]);
});

test.each(['northerner', 'stranger'])('who is deleted or erased is answered no more: %s', async person => {
  await remembered(world.as(person));
  if (person === 'stranger') await world.gateway.read(world.as('admin'), `mutation { eraseUser(userId: "${world.acme.personId(person)}", reason: "asked for") { userId } }`);
  else await inTenant(`update people set deleted_at = now() where external_id = '${person}'`);
  const after = await ask(world.as(person));
  expect([after.fromMemory, after.body.data?.viewer ?? null, new Set(after.codes)]).toEqual([false, null, new Set(['UNAUTHENTICATED'])]);
});

test('a token that has expired opens nothing, though its answers are known', async () => {
  await remembered(world.as('admin'));
  jest.useFakeTimers({
    now: Date.now() + 13 * 3_600_000,
    doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'clearImmediate', 'setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'performance', 'hrtime'],
  });
  try {
    const { status, fromMemory, codes } = await ask(world.as('admin'));
    expect([status, fromMemory, codes]).toEqual([401, false, ['UNAUTHENTICATED']]);
  } finally {
    jest.useRealTimers();
  }
});
