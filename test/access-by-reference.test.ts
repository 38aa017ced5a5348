import type { SubgraphName } from '../subgraphs/shared/environment';
import { march, startGuardedTenants, type GuardedTenants } from './guarded-tenants';

/** What each subgraph answers about a node by reference, past the gateway and its entry fields. */
const ofNodes: [SubgraphName, string][] = [
  ['hierarchy', 'name externalId type classCount parent { name } ancestors { name } children { totalCount nodes { name } }'],
  ['roster', 'studentCount'],
  ['competency', 'competencyCounts { completed inferred inProgress notStarted provenance { asOf } }'],
  [
    'reporting',
    `performance(period: $p) { attempts learners } timeSpent(period: $p) { totalSeconds learners }
     performanceTrend(period: $p, interval: MONTH) { attempts } timeSpentTrend(period: $p, interval: DAY) { totalSeconds }`,
  ],
];
const inlined = (fields: string): string =>
  fields.replaceAll('$p', `{ from: "${march.from}", through: "${march.through}" }`);

let world: GuardedTenants;
beforeAll(async () => {
  world = await startGuardedTenants();
});
afterAll(async () => {
  await world.gateway.close();
  expect(world.gateway.bugs).toEqual([]);
});

interface Asked {
  type: string;
  keys: Record<string, string>[];
  fields: string;
}
const entities = (subgraph: SubgraphName, person: string, asked: Asked) =>
  world.gateway.service.entities({ subgraph, tenant: world.acme, as: person, ...asked });

const hidden: [person: string, names: string[]][] = [
  ['northerner', ['land', 'south', 'b', 'b1', 's1', 'closed', 'loose', 'adrift']],
  ['partner', ['land', 'north', 'south', 'east', 'a', 'a1', 'a2', 'e1', 's1', 'loose']],
  ['teacher', ['land', 'north', 'a', 'a2', 'b1', 'closed', 'loose']],
  ['stranger', ['land', 'north', 'a', 'a1', 'loose']],
  ['learner', ['land', 'north', 'a', 'a1', 'loose']],
];

describe.each(ofNodes)('%s', (subgraph, fields) => {
  test.each(hidden)('refuses %s every node that is not granted, one by one', async (person, names) => {
    const { acme } = world;
    const ids = [...names.map(acme.nodeId), acme.id, acme.otherId];
    for (const hierarchyId of ['india', 'sap']) {
      const standing = ids.filter(id => id !== acme.nodeId('a') || hierarchyId === 'india');
      const keys = standing.map(id => ({ id, hierarchyId }));
      const { data, errors = [] } = await entities(subgraph, person, { type: 'HierarchyNode', keys, fields: inlined(fields) });
      // A group that has no node in this hierarchy is nothing there; all others are refused.
      const there = keys.filter(({ id }) =>
        hierarchyId === 'india' || !['north', 'south', 'east'].some(name => acme.nodeId(name) === id));
      expect(data!._entities).toEqual(keys.map(() => null));
      expect(errors.map(({ extensions }) => extensions?.code)).toEqual(there.map(() => 'FORBIDDEN'));
      expect(JSON.stringify(errors)).not.toMatch(/south|land|loose|adrift|closed/);
    }
  });

  test('finds nothing of another tenant\'s, of another person\'s and of nobody\'s', async () => {
    const { acme, rival } = world;
    const ids = [
      ...[rival.nodeId('north'), rival.nodeId('a1'), rival.id, rival.otherId],
      ...[acme.scopeId('partner'), acme.scopeId('partner').replace('s', 'u'), acme.personId('ann'), 'g0zzzzz', 'nonsense'],
    ];
    for (const person of ['admin', 'northerner', 'stranger', 'learner']) {
      const keys = ids.map(id => ({ id, hierarchyId: 'india' }));
      const { data, errors } = await entities(subgraph, person, { type: 'HierarchyNode', keys, fields: inlined(fields) });
      expect([person, data!._entities, errors]).toEqual([person, ids.map(() => null), undefined]);
    }
  });

  test('answers about what is granted beside what is not', async () => {
    const { acme } = world;
    const keys = ['a1', 'b1', 'north', 'land'].map(name => ({ id: acme.nodeId(name), hierarchyId: 'india' }));
    const { data, errors } = await entities(subgraph, 'northerner', { type: 'HierarchyNode', keys, fields: inlined(fields) });
    expect(data!._entities.map(node => node !== null)).toEqual([true, false, true, false]);
    expect(errors!.map(({ path, extensions }) => [path, extensions?.code]))
      .toEqual([1, 3].map(n => [['_entities', n], 'FORBIDDEN']));
  });

  test('says what is wrong with a hierarchy that cannot be used', async () => {
    const { acme } = world;
    for (const [hierarchyId, code] of [['none', 'NOT_FOUND'], ['us', 'BAD_USER_INPUT']] as const) {
      const keys = [{ id: acme.nodeId('a1'), hierarchyId }];
      const { data, errors } = await entities(subgraph, 'northerner', { type: 'HierarchyNode', keys, fields: inlined(fields) });
      expect([data!._entities, errors![0]!.extensions?.code]).toEqual([[null], code]);
    }
  });

  test('answers nothing without a token that holds, nor with one of somebody who does not exist', async () => {
    const { acme } = world;
    const keys = [{ id: acme.nodeId('a1'), hierarchyId: 'india' }];
    const asked = { subgraph, tenant: acme, type: 'HierarchyNode', keys, fields: inlined(fields) };
    for (const token of [{ subject: 'nobody' }, { tenant: 'nowhere' }, { subject: 'gone' }]) {
      const { data, errors } = await world.gateway.service.entities({ ...asked, as: 'admin', token });
      expect([data ?? null, errors!.map(({ extensions }) => extensions?.code)]).toEqual([null, ['UNAUTHENTICATED']]);
    }
    const { errors } = await world.gateway.service.entities({ ...asked, as: 'admin', actingTenant: 'rival' });
    expect(errors!.map(({ extensions }) => extensions?.code)).toEqual(['FORBIDDEN']);
  });
});

test('a group by reference is its reader\'s to see, or refused, or of another tenant and nothing', async () => {
  const { acme, rival } = world;
  const ask = (person: string, ids: string[]) =>
    entities('hierarchy', person, { type: 'Group', keys: ids.map(id => ({ id })), fields: 'name externalId type code' });
  const own = await ask('northerner', ['north', 'a', 'south', 'land', 'nowhere'].map(acme.nodeId));
  expect(own.data!._entities.map(group => group?.name ?? null)).toEqual(['north', 'a', null, null, null]);
  expect(own.errors!.map(({ extensions }) => extensions?.code)).toEqual(['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN']);
  for (const person of ['stranger', 'learner', 'teacher']) {
    const { data } = await ask(person, ['north', 'south', 'a', 'nowhere'].map(acme.nodeId));
    expect([person, data!._entities]).toEqual([person, [null, null, null, null]]);
  }
  const foreign = await ask('admin', [rival.nodeId('north'), acme.nodeId('a1'), rival.id, 'x']);
  expect([foreign.data!._entities, foreign.errors]).toEqual([[null, null, null, null], undefined]);
});

interface ShownHierarchy {
  roots: { name: string }[];
  other: { children: { nodes: { name: string }[] } } | null;
}

test('a hierarchy by reference begins where its reader\'s view does', async () => {
  const fields = 'name version levels { type } roots { name } other { name classCount children { nodes { name } } }';
  const ask = async (person: string) => {
    const keys = ['india', 'sap', 'us', 'none'].map(id => ({ id }));
    const { data, errors } = await entities('hierarchy', person, { type: 'Hierarchy', keys, fields });
    expect(errors).toBeUndefined();
    return data!._entities.map(found => {
      const { roots, other } = (found ?? { roots: [], other: null }) as unknown as ShownHierarchy;
      return [roots.map(({ name }) => name), other?.children.nodes.map(({ name }) => name) ?? null];
    });
  };
  expect(await ask('northerner')).toEqual([[['north'], null], [['a1', 'a2'], ['e1']], [[], null], [[], null]]);
  expect(await ask('partner')).toEqual([[['b'], null], [['b'], null], [[], null], [[], null]]);
  for (const person of ['stranger', 'learner']) {
    expect(await ask(person)).toEqual([[[], null], [[], null], [[], null], [[], null]]);
  }
});

test('whoever names another viewer is shown nobody, and never another\'s view', async () => {
  const { acme, rival } = world;
  const ids = [acme.personId('admin'), acme.personId('northerner'), rival.personId('admin'), 'x'];
  const keys = ids.map(id => ({ id }));
  const seen = await entities('roster', 'partner', { type: 'Viewer', keys, fields: 'login roles tenant { name }' });
  expect(seen.data!._entities).toEqual([null, null, null, null]);
  const own = { id: acme.personId('partner') };
  const roots = await entities('hierarchy', 'partner', { type: 'Viewer', keys: [...keys, own], fields: 'roots { name }' });
  expect(roots.data!._entities).toEqual([null, null, null, null, { roots: [{ name: 'b' }] }]);
});

test('a reference that lacks a part of its key, or names no entity, is no way around', async () => {
  const { acme } = world;
  const partial: Record<string, string>[] = [{ id: acme.nodeId('south') }, { hierarchyId: 'india' }, { id: '', hierarchyId: '' }, {}];
  for (const keys of partial.map(key => [key])) {
    for (const [subgraph, fields] of ofNodes) {
      const { data } = await entities(subgraph, 'northerner', { type: 'HierarchyNode', keys, fields: inlined(fields) });
      expect([subgraph, keys, data?._entities]).toEqual([subgraph, keys, [null]]);
    }
  }
  for (const __typename of ['Tenant', 'Query', 'Grant', 'TenantSettings', 'Nothing']) {
    const keys = [{ __typename, id: acme.id }];
    const { data, errors } = await entities('hierarchy', 'northerner', { type: 'Group', keys, fields: 'name' });
    expect([__typename, data?._entities[0] ?? null]).toEqual([__typename, null]);
    expect(errors).toHaveLength(1);
  }
  world.gateway.bugs.length = 0; // what is no representation never came from our gateway, and is told as a bug
});
