import { buildEverything } from '../subgraphs/reporting/rollup/build';
import type { Database } from '../subgraphs/shared/database/database';
import { createTenant } from './fixture';
import { insertRows } from './fixture.queries';
import { startGateway, type Asker, type GatewayForTest } from './start-gateway';

// A ministry's years: more ten-thousandths of a percent than a number of JavaScript counts one by one.
const admin: Asker = { subject: 'admin', tenant: 'vast', roles: ['ORG_ADMIN'] };
const limit = 2n ** 53n;
const sums: Record<string, bigint> = { a: limit + 1n, b: limit + 3n, c: 3n * limit + 5n, d: 7n, e: 5n * limit + 9n };

async function fill(owner: Database, built: boolean): Promise<void> {
  const tenant = await createTenant(owner, {
    key: 'vast',
    groups: { land: 'country', north: 'state', s: 'school', t: 'school', u: 'school' },
    classes: { a: {}, b: {}, c: {}, d: {}, e: {} },
    placements: { india: { north: 'land', s: 'north', t: 'north', u: 'land', a: 's', b: 't', c: 't', d: 'u' } },
    people: { admin: ['ORG_ADMIN'] },
  });
  await owner.transaction(tenant.number, 'write', async tx => {
    const [context] = await insertRows(tx, 'activity_contexts', [{ subject: 'Maths' }]);
    const days = ['2026-01-31', '2026-02-01', '2026-02-17'];
    await insertRows(tx, 'class_days', Object.entries(sums).flatMap(([name, sum]) => days.map(day => ({
      ...{ class_id: tenant.classes.get(name), day, context_id: context, score_sum: String(sum) },
      ...{ attempts: String(sum / 10_000n), collection_seconds: 0, assessment_seconds: 0 },
    }))));
    if (built) await buildEverything(tx);
  });
}

describe.each([true, false])('built: %s', built => {
  let gateway: GatewayForTest;
  beforeAll(async () => {
    gateway = await startGateway({ fill: owner => fill(owner, built), now: new Date('2026-03-26T12:00:00Z') });
  });
  afterAll(() => gateway.close());

  const reconciled = async (node: string, more = ''): Promise<unknown> => {
    const { nodeReport } = await gateway.read(admin, `{ nodeReport(${node} period: { from: "2026-01-03", through: "2026-02-20" } ${more}) {
      node { performance { averageScore } } children { nodes { node { id type } } }
      reconciliation { attempts scoreSum totalSeconds } } }`);
    for (const { node: child } of nodeReport.children.nodes) {
      if (child.type !== 'class') await reconciled(`nodeId: "${child.id}"`, more);
    }
    expect(nodeReport.reconciliation).toEqual({ attempts: 0, scoreSum: 0, totalSeconds: 0 });
    return nodeReport.node.performance.averageScore;
  };

  test('the parts of every node are the whole to the last ten-thousandth', async () => {
    expect(await reconciled('')).toBeCloseTo(1, 9);
    await reconciled('', 'filter: { subject: "Maths" }');
  });
});
