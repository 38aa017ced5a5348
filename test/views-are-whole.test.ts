import fc from 'fast-check';
import { selectHierarchiesByKey } from '../subgraphs/hierarchy/hierarchies/hierarchy.queries';
import { locate, otherId, wholeViewId } from '../subgraphs/hierarchy/nodes/locate';
import { selectChildren, type Node } from '../subgraphs/hierarchy/nodes/node.queries';
import { selectView } from '../subgraphs/hierarchy/nodes/view.queries';
import { planNode } from '../subgraphs/reporting/rollup/plan';
import { selectStoredState } from '../subgraphs/reporting/rollup/stored-state.queries';
import { noSums } from '../subgraphs/reporting/rollup/sums';
import { selectSums } from '../subgraphs/reporting/rollup/sums.queries';
import type { Caller } from '../subgraphs/shared/access/caller';
import { Database, type Transaction } from '../subgraphs/shared/database/database';
import { publicId } from '../subgraphs/shared/identifiers';
import { createTestDatabase, type TestDatabase } from './database';
import { ModelTenant } from './model-tenant';
import { expected, grow, pick, take, tenants } from './random-life';

const runs = Number(process.env.STRATA_PROPERTY_RUNS ?? 60);
const period = { from: '2026-01-01', through: '2026-03-31' };
/** The tenant's own hierarchy is the first. */
const hierarchies = ['india', 'us'];

let testDatabase: TestDatabase;
let owner: Database;
let database: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  owner = await Database.connect({ url: testDatabase.url, stepDown: false, entities: [] });
  database = await Database.connect({ url: testDatabase.url, stepDown: true, entities: [] });
});

afterAll(async () => {
  await database.close();
  await owner.close();
  await testDatabase.drop();
});

const callers = fc.record({
  granted: fc.array(fc.nat(30), { maxLength: 3 }),
  taught: fc.array(fc.nat(30), { maxLength: 2 }),
  isTeacher: fc.boolean(),
  isOfficer: fc.boolean(),
});

interface Rights {
  granted: number[];
  taught: number[];
}

/** What a caller covers, by the rule in plain words. */
function coveredClasses(tenant: ModelTenant, { granted, taught }: Rights): Set<number> {
  const stands = (hierarchy: string, group: number) => tenant.wayUp(hierarchy, group) !== null;
  const covered = new Set(taught.filter(id => tenant.classes.find(klass => klass.id === id)!.active));
  for (const group of granted) {
    const through = stands('india', group) ? ['india'] : hierarchies.filter(hierarchy => stands(hierarchy, group));
    for (const { id } of tenant.classes) {
      if (through.some(hierarchy => tenant.above(hierarchy, id).includes(group))) covered.add(id);
    }
  }
  return covered;
}

async function expectViewWhole(tenant: ModelTenant, tx: Transaction, { rights, caller, key }: { rights: Rights; caller: Caller; key: string }) {
  const covered = coveredClasses(tenant, rights);
  const classesBelow = (group: number) => tenant.classes.map(({ id }) => id).filter(id => tenant.above(key, id).includes(group));
  const standing = tenant.groups.map(({ id }) => id).filter(id => tenant.wayUp(key, id) !== null);
  const grantedHere = rights.granted.filter(group => standing.includes(group));
  const isVisible = (group: number): boolean => {
    const below = classesBelow(group);
    if (below.length > 0) return below.every(id => covered.has(id));
    return tenant.wayUp(key, group)!.some(above => grantedHere.includes(above));
  };
  const visible = standing.filter(isVisible);

  const [hierarchy] = await selectHierarchiesByKey(tx, [key]);
  const view = await selectView(tx, caller, hierarchy!);
  const ids = [
    ...tenant.groups.map(({ id }) => publicId('group', id)),
    ...tenant.classes.map(({ id }) => publicId('class', id)),
    publicId('tenant', tenant.tenantId),
    publicId('other', tenant.tenantId),
    wholeViewId(caller, view),
    otherId(caller, view),
  ];
  const located = await locate({ tx, caller, view }, ids);
  const shown = [...located.values()].filter(found => found.visible).map(({ node }) => node);
  const numbers = (kind: Node['kind']) => shown.filter(node => node.kind === kind).map(node => node.number).sort();
  expect({ groups: numbers('group'), classes: numbers('class') }).toEqual({ groups: [...visible].sort(), classes: [...covered].sort() });

  const uncategorised = tenant.classes.map(({ id }) => id).filter(id => tenant.above(key, id).length === 0);
  const ownOther = uncategorised.filter(id => covered.has(id));
  const special = new Set(shown.map(node => node.kind));
  expect(special.has('tenant')).toBe(false);
  expect(special.has('other')).toBe(ownOther.length > 0 && ownOther.length === uncategorised.length);
  expect(special.has('scopeOther')).toBe(ownOther.length > 0);
  expect(special.has('scope')).toBe(covered.size + visible.length > 0);

  // The view begins with the topmost nodes that are seen, and with classes whose parent is not.
  const parent = (group: number) => tenant.groupParents[key]!.get(group);
  const topGroups = visible.filter(group => parent(group) === undefined || !visible.includes(parent(group)!));
  const topClasses = [...covered].filter(id => !uncategorised.includes(id) && !visible.includes(tenant.above(key, id)[0]!));
  const pages = await selectChildren(tx, { view, parents: ['topmost', 'other'], bounds: { first: null, after: null } });
  const idsOf = (nodes: Node[]) => nodes.map(({ id }) => id).sort();
  expect(idsOf(pages.get('topmost')!.nodes)).toEqual(
    [...topGroups.map(id => publicId('group', id)), ...topClasses.map(id => publicId('class', id))].sort(),
  );
  expect(idsOf(pages.get('other')!.nodes)).toEqual(ownOther.map(id => publicId('class', id)).sort());

  const state = await selectStoredState(tx, view.hierarchyId);
  const asked = shown.map(node => ({ node, source: planNode({ node, ...state, buckets: 3, days: 90 }).source }));
  const sums = await selectSums(tx, { caller, view, asked, filter: {}, intervals: [period] });
  for (const node of shown) {
    const classes: Record<Node['kind'], () => number[]> = {
      group: () => classesBelow(node.number),
      class: () => [node.number],
      tenant: () => tenant.classes.map(({ id }) => id),
      scope: () => [...covered],
      other: () => uncategorised,
      scopeOther: () => ownOther,
    };
    const truth = expected(tenant, new Set(classes[node.kind]()), period).sums;
    expect([node.kind, node.number, sums.get(node.id)?.get(0) ?? noSums]).toEqual([node.kind, node.number, truth]);
  }
}

test('a caller sees the nodes all of whose classes are covered and no other, with their sums, in every hierarchy', async () => {
  let number = 0;
  await fc.assert(
    fc.asyncProperty(tenants, callers, async ({ steps, grown, parents, ...shape }, { granted, taught, isTeacher, isOfficer }) => {
      const tenant = await ModelTenant.create({ owner, application: database }, { name: `views-${number++}`, ...shape });
      if (grown) await grow(tenant, owner, parents);
      for (const each of steps) await take(tenant, each);
      const person = tenant.people[0]!;
      const grants = [...new Set(granted.map(index => pick(tenant.groups, index).id))];
      const classes = [...new Set(taught.map(index => pick(tenant.classes, index).id))];
      await owner.transaction(tenant.tenantId, 'write', async tx => {
        await tx.query('insert into access_grants (tenant_id, person_id, group_id) select $1, $2, unnest($3::int[])', [
          tenant.tenantId,
          person,
          grants,
        ]);
        await tx.query(
          `insert into enrolments (tenant_id, class_id, person_id, type, status, enrolled_at)
           select $1, unnest($3::int[]), $2, 'TEACHER', 'ACTIVE', now()`,
          [tenant.tenantId, person, classes],
        );
      });
      const roles = [...(isTeacher ? ['TEACHER' as const] : []), ...(isOfficer ? ['OFFICER' as const] : [])];
      const caller: Caller = { ...tenant.admin, personId: person, roles: new Set(roles), tenantWide: false };
      // Who is no officer, partner or teacher holds no grants; who is no teacher teaches nothing.
      const rights = { granted: roles.length > 0 ? grants : [], taught: isTeacher ? classes : [] };
      await database.transaction(tenant.tenantId, 'read', async tx => {
        for (const key of hierarchies) await expectViewWhole(tenant, tx, { rights, caller, key });
      });
    }),
    { numRuns: runs },
  );
}, 60_000 + runs * 2_000);
