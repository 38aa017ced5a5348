import { ALTERNATE } from '../cli/generate/demo';
import { readEvents, readTable } from '../cli/oulad/written-bundle';
import type { TestDatabase } from './database';
import { createLoadedDatabase, demoOf } from './loaded-bundles';
import { startGateway, type GatewayForTest } from './start-gateway';
import { expectSumsToAgree, nothing, ofType, plus, walkTree, type Additive, type WalkedNode } from './walk-tree';

/** Every hierarchy in which each demo tenant has placements, its own first. */
const hierarchies: Record<string, string[]> = {
  'demo-india': ['india', ALTERNATE],
  'demo-us': ['us'],
  'demo-sap': ['sap'],
};
const period = { from: '2026-06-05', through: '2026-08-03' };
const partOfIt = { from: '2026-06-17', through: '2026-07-23' };

let database: TestDatabase;
let gateway: GatewayForTest;
let counted: Map<string, Map<string, Additive>>;

beforeAll(async () => {
  const demo = demoOf('2026-08-04');
  const loaded = await createLoadedDatabase(demo);
  counted = countByHand(loaded.dir);
  database = loaded.database;
  gateway = await startGateway({ database, now: demo.now });
}, 120_000);
afterAll(async () => {
  await gateway.close();
  await database.drop();
});

interface Event {
  tenant_id: string;
  eventId: string;
  classId: string;
  score?: number;
  secondsSpent?: number;
  kind?: string;
}

/** What each class of each tenant must have, added up from the bundle's events one by one. */
function countByHand(dir: string): Map<string, Map<string, Additive>> {
  const tenants = new Map(Object.keys(hierarchies).map(tenant => [tenant, new Map<string, Additive>()]));
  for (const { tenant_id, class_id } of readTable(dir, 'classes.csv')) tenants.get(tenant_id!)!.set(class_id!, nothing);
  const seen = new Set<string>();
  for (const event of readEvents(dir) as unknown as Event[]) {
    const id = `${event.tenant_id} ${event.eventId}`;
    if (seen.has(id)) continue;
    seen.add(id);
    const { score, secondsSpent = 0, kind = score === undefined ? 'COLLECTION' : 'ASSESSMENT' } = event;
    const ofTenant = tenants.get(event.tenant_id)!;
    ofTenant.set(
      event.classId,
      plus(ofTenant.get(event.classId)!, {
        attempts: score === undefined ? 0 : 1,
        scoreSum: Math.round((score ?? 0) * 10_000),
        collectionSeconds: kind === 'COLLECTION' ? secondsSpent : 0,
        assessmentSeconds: kind === 'ASSESSMENT' ? secondsSpent : 0,
      }),
    );
  }
  return tenants;
}

const figuresOf = (nodes: Map<string, WalkedNode>): Map<string, Additive> =>
  new Map([...nodes].sort().map(([id, { figures }]) => [id, figures]));

describe.each(Object.entries(hierarchies))('%s', (tenant, views) => {
  const walks = new Map<string, Map<string, WalkedNode>>();
  const walk = (hierarchyId: string, over: typeof period) =>
    walkTree(gateway, { who: { subject: 'admin', tenant, roles: ['ORG_ADMIN'] }, hierarchyId, period: over, pageSize: 6 });

  beforeAll(async () => {
    for (const view of views) walks.set(view, await walk(view, period));
  }, 120_000);

  test.each(views)('through %s, each node is its children and other, and the tenant its roots and other', view => {
    expectSumsToAgree(walks.get(view)!);
  });

  test('so too in a period that begins and ends in the middle of a month and of a week', async () => {
    const view = views[0]!;
    const part = await walk(view, partOfIt);
    expectSumsToAgree(part);
    const attempts = (nodes: Map<string, WalkedNode>) => ofType(nodes, 'tenant').get(tenant)!.figures.attempts;
    expect(attempts(part)).toBeGreaterThan(0);
    expect(attempts(part)).toBeLessThan(attempts(walks.get(view)!));
  });

  test('every class has, through every hierarchy, what its events add up to', () => {
    const expected = new Map([...counted.get(tenant)!].sort());
    for (const view of views) expect(figuresOf(ofType(walks.get(view)!, 'class'))).toEqual(expected);
  });

  test('the tenant has all of its events, through every hierarchy', () => {
    const all = [...counted.get(tenant)!.values()].reduce(plus, nothing);
    expect(all.attempts).toBeGreaterThan(10_000);
    for (const view of views) expect(ofType(walks.get(view)!, 'tenant').get(tenant)!.figures).toEqual(all);
  });

  test('no hierarchy leaves nothing uncategorised, so that other is put to the proof', () => {
    for (const view of views) {
      const other = [...walks.get(view)!.values()].find(({ type }) => type === 'other')!;
      expect(other.figures.attempts).toBeGreaterThan(0);
    }
  });
});
