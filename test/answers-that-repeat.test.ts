import request from 'supertest';
import { foldAll } from '../subgraphs/reporting/rollup/fold';
import { createTenant, type KnownTenant } from './fixture';
import { startGateway, type GatewayForTest } from './start-gateway';
import { twoHierarchies } from './two-hierarchies';

const now = new Date('2026-03-20T12:00:00Z');
const report = `query R($through: Date = "2026-03-31") {
  nodeReport(period: { from: "2026-03-01", through: $through }) { node { node { name classCount } performance { attempts } } }
}`;

describe.each([
  ['in one process', false],
  ['as services', true],
])('%s', (_, asServices) => {
  let gateway: GatewayForTest;
  let tenant: KnownTenant;
  const tokens: Record<string, string> = {};

  beforeAll(async () => {
    // Stored sums that are made in the background move the version, too: nothing goes on but what is asked.
    gateway = await startGateway({ now, asServices, background: false, fill: async owner => void (tenant = await createTenant(owner, twoHierarchies('repeat'))) });
    for (const person of ['admin', 'northerner', 'partner']) {
      tokens[person] = await gateway.service.token({ subject: person, tenant: 'repeat', roles: tenant.rolesOf(person) });
    }
  });
  afterAll(() => gateway.close());

  async function ask(person: string, query: string, variables?: object) {
    const response = await request(gateway.app)
      .post('/graphql')
      .set('authorization', `Bearer ${tokens[person]}`)
      .send({ query, variables });
    return { body: response.body, fromMemory: response.headers.age !== undefined };
  }

  const record = (eventId: string) =>
    request(gateway.app)
      .post('/events')
      .set('authorization', `Bearer ${tokens.admin}`)
      .send([{ eventId, classId: 'a1', userId: 'ann', occurredAt: '2026-03-10T10:00:00Z', score: 50 }])
      .expect(202);

  /** Asks until the answer comes from memory, and then once more. */
  async function remembered(person: string) {
    await ask(person, report);
    const again = await ask(person, report);
    expect(again.fromMemory).toBe(true);
    return again.body.data.nodeReport.node;
  }

  test('the same question of the same caller is answered from memory, word for word', async () => {
    const first = await ask('admin', report);
    const second = await ask('admin', report);
    expect(first.fromMemory).toBe(false);
    expect(second.fromMemory).toBe(true);
    expect(second.body).toEqual(first.body);
  });

  test('another caller, another variable or another query is another question', async () => {
    await remembered('admin');
    expect((await ask('northerner', report)).fromMemory).toBe(false);
    expect((await ask('admin', report, { through: '2026-03-30' })).fromMemory).toBe(false);
    expect((await ask('admin', `${report} `)).fromMemory).toBe(false);
    expect((await ask('partner', report)).body.data.nodeReport.node.node.classCount).not.toBe(
      (await ask('admin', report)).body.data.nodeReport.node.node.classCount,
    );
  });

  test('accepted activity is in the next answer; the same activity again changes nothing; nor does folding it', async () => {
    const before = await remembered('admin');
    await record('one');
    const after = await ask('admin', report);
    expect(after.fromMemory).toBe(false);
    expect(after.body.data.nodeReport.node.performance.attempts).toBe(before.performance.attempts + 1);
    await record('one');
    await foldAll(gateway.service.subgraph('reporting').database, tenant.number);
    expect((await ask('admin', report)).fromMemory).toBe(true);
  });

  test('a grant, a placement and a setting are in the next answer', async () => {
    const changes = [
      `mutation { grantAccess(userId: "${tenant.personId('northerner')}", groupId: "${tenant.nodeId('south')}") { userId } }`,
      `mutation { place(hierarchyId: "india", childId: "${tenant.nodeId('b1')}", parentId: "${tenant.nodeId('east')}") { id } }`,
      `mutation { setTimeZone(timeZone: "Asia/Kolkata", expectedVersion: 1) { version } }`,
    ];
    for (const change of changes) {
      await remembered('northerner');
      expect((await ask('admin', change)).body.errors).toBeUndefined();
      expect((await ask('northerner', report)).fromMemory).toBe(false);
    }
  });

  test('what was revoked is not given again from memory', async () => {
    await remembered('northerner');
    for (const group of ['north', 'south']) {
      const revoke = `mutation { revokeAccess(userId: "${tenant.personId('northerner')}", groupId: "${tenant.nodeId(group)}") { userId } }`;
      expect((await ask('admin', revoke)).body.errors).toBeUndefined();
    }
    const { body } = await ask('northerner', report);
    expect(body.data.nodeReport).toBeNull();
    expect(body.errors[0].extensions.code).toBe('FORBIDDEN');
  });

  test('an answer with errors, and a mutation, are made anew each time', async () => {
    const wrong = '{ nodeReport(period: { from: "2026-03-02", through: "2026-03-01" }) { node { node { name } } } }';
    expect((await ask('admin', wrong)).body.errors).toBeDefined();
    expect((await ask('admin', wrong)).fromMemory).toBe(false);
    const mutation = `mutation { grantAccess(userId: "${tenant.personId('partner')}", groupId: "${tenant.nodeId('a')}") { userId } }`;
    expect((await ask('admin', mutation)).fromMemory).toBe(false);
    expect((await ask('admin', mutation)).fromMemory).toBe(false);
  });
});
