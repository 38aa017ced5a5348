import { metrics } from '../subgraphs/shared/metrics';
import { createTenant, type KnownTenant } from './fixture';
import { startGateway, type Asker, type GatewayForTest } from './start-gateway';
import { twoHierarchies } from './two-hierarchies';

/**
 * Two services over one database: what one of them changes, the other's next read does not expect, goes on by what it last
 * saw, and must be done over.
 */
const now = new Date('2026-03-20T12:00:00Z');
let here: GatewayForTest;
let elsewhere: GatewayForTest;
let tenant: KnownTenant;

beforeAll(async () => {
  const quiet = { now, background: false };
  here = await startGateway({ ...quiet, fill: async owner => void (tenant = await createTenant(owner, twoHierarchies('acme'))) });
  elsewhere = await startGateway({ ...quiet, database: { ...here.database, drop: async () => undefined } });
});
afterAll(async () => {
  await elsewhere.close();
  await here.close();
  expect([...here.bugs, ...elsewhere.bugs]).toEqual([]);
});

const as = (subject: string): Asker => ({ subject, tenant: 'acme', roles: tenant.rolesOf(subject) });
let times = 0;
/** Never the same text, so that nothing comes from memory. */
const report = (nodeId?: string) => `query q${times++} {
  nodeReport(${nodeId ? `nodeId: "${nodeId}", ` : ''}period: { from: "2026-03-01", through: "2026-03-31" }) {
    node { node { name classCount } performance { attempts } }
    children { nodes { node { name } performance { attempts } } }
  }
}`;
const readAs = async (subject: string, nodeId?: string) => (await here.read(as(subject), report(nodeId))).nodeReport;
const change = (mutation: string) => elsewhere.read(as('admin'), `mutation { ${mutation} }`);

/** How many reads held, and how many were done over, while something was asked. */
async function outcomes(work: () => Promise<unknown>): Promise<{ held: number; outdated: number }> {
  const counted = async () => {
    const { values } = await metrics.getSingleMetric('strata_reads_ahead_total')!.get();
    const of = (outcome: string): number => values.find(({ labels }) => labels.outcome === outcome)?.value ?? 0;
    return { held: of('held'), outdated: of('outdated') };
  };
  const before = await counted();
  await work();
  const after = await counted();
  return { held: after.held - before.held, outdated: after.outdated - before.outdated };
}

test('what nobody changes is read ahead', async () => {
  await readAs('admin');
  expect(await outcomes(() => readAs('admin'))).toEqual({ held: 1, outdated: 0 });
});

test('a placement changed elsewhere is in the next answer, which was begun by what was so before', async () => {
  const before = await readAs('admin', tenant.nodeId('north'));
  expect(before.node.node.classCount).toBe(3);
  await change(`place(hierarchyId: "india", childId: "${tenant.nodeId('b1')}", parentId: "${tenant.nodeId('a')}") { id }`);
  let after = before;
  expect(await outcomes(async () => (after = await readAs('admin', tenant.nodeId('north'))))).toEqual({ held: 0, outdated: 1 });
  expect(after.node.node.classCount).toBe(4);
});

test('activity accepted elsewhere, which waits to be folded, is in the next answer', async () => {
  const before = await readAs('admin');
  expect(before.node.performance.attempts).toBe(0);
  const event = { eventId: 'one', classId: 'a1', userId: 'ann', occurredAt: '2026-03-10T10:00:00Z', score: 50 };
  expect((await elsewhere.send(as('admin'), [event])).body.accepted).toBe(1);
  let after = before;
  // That nothing waited was expected; that more waits than did is no news.
  expect((await outcomes(async () => (after = await readAs('admin')))).outdated).toBe(1);
  expect(after.node.performance.attempts).toBe(1);
  expect((await elsewhere.send(as('admin'), [{ ...event, eventId: 'two' }])).body.accepted).toBe(1);
  expect(await outcomes(async () => (after = await readAs('admin')))).toEqual({ held: 1, outdated: 0 });
  expect(after.node.performance.attempts).toBe(2);
});

test('what was granted elsewhere is seen, and what was revoked there is refused, with one row in the audit log', async () => {
  const refused = async () => {
    const { auditLog } = await elsewhere.read(as('admin'), '{ auditLog(first: 100) { nodes { action } } }');
    return auditLog.nodes.filter(({ action }: { action: string }) => action === 'REFUSED').length;
  };
  const group = `userId: "${tenant.personId('stranger')}", groupId: "${tenant.nodeId('south')}"`;
  const before = await refused();
  expect(await here.codes(as('stranger'), report())).toEqual(['FORBIDDEN']);
  await change(`grantAccess(${group}) { userId }`);
  expect((await readAs('stranger')).children.nodes.map(({ node }: { node: { name: string } }) => node.name)).toEqual(['south']);
  await change(`revokeAccess(${group}) { userId }`);
  expect(await here.codes(as('stranger'), report())).toEqual(['FORBIDDEN']);
  expect(await here.codes(as('stranger'), report(tenant.nodeId('south')))).toEqual(['FORBIDDEN']);
  expect((await refused()) - before).toBe(3);
});

test('who is nobody any more is told so by the next answer', async () => {
  await readAs('partner');
  await change(`removeAll: revokeAccess(userId: "${tenant.personId('partner')}", groupId: "${tenant.nodeId('b')}") { userId }`);
  expect(await here.codes(as('partner'), report())).toEqual(['FORBIDDEN']);
  await change(`eraseUser(userId: "${tenant.personId('partner')}") { erasedAt }`);
  expect(await here.codes(as('partner'), report())).toEqual(['UNAUTHENTICATED']);
});
