import { subgraphNames } from '../subgraphs/shared/environment';
import { verify } from '../subgraphs/reporting/rollup/verify';
import { march, startGuardedTenants, type GuardedTenants } from './guarded-tenants';
import type { Asker } from './start-gateway';

let world: GuardedTenants;
let admin: Asker;
const statements: string[] = [];
beforeAll(async () => {
  world = await startGuardedTenants();
  admin = world.as('admin');
  for (const name of subgraphNames) {
    world.gateway.service.subgraph(name).database.onStatement = sql => statements.push(sql);
  }
});
afterAll(async () => {
  await world.gateway.close();
  expect(world.gateway.bugs).toEqual([]);
});
/** Nothing stays changed between tests. */
afterEach(async () => {
  for (const [hierarchyId, was] of Object.entries(before)) {
    const placements = Object.entries(was).map(([child, parent]) => ({ childId: id(child), parentId: parent && id(parent) }));
    await placeMany({ hierarchyId, placements });
  }
  const { database } = world.gateway.service.subgraph('reporting');
  const verdict = await database.transaction(world.acme.number, 'read', tx => verify(tx));
  expect(verdict.differences).toEqual([]);
});

const before: Record<string, Record<string, string | null>> = {
  india: { north: 'land', south: 'land', east: 'north', a: 'east', b: 'south', a1: 'a', a2: 'a', e1: 'east', b1: 'b', s1: 'south', loose: null },
  us: { north: null, south: null, a: null, b: null, a1: null, a2: null, e1: null, b1: null, s1: null, closed: null },
};

const id = (name: string): string => world.acme.nodeId(name);
const mutation = `mutation ($hierarchyId: ID!, $placements: [PlacementInput!]!, $alongFrom: ID) {
  placeMany(hierarchyId: $hierarchyId, placements: $placements, alongFrom: $alongFrom) {
    placed moved takenOut unchanged cameAlong stayed stayedIds skipped
  }
}`;
interface Variables {
  hierarchyId: string;
  placements: { childId: string; parentId?: string | null }[];
  alongFrom?: string;
}
const placeMany = async (variables: Variables, who = admin) => (await world.gateway.read(who, mutation, { ...variables })).placeMany;
const pairs = (placements: Record<string, string | null>) =>
  Object.entries(placements).map(([child, parent]) => ({ childId: id(child), parentId: parent && id(parent) }));
const refusal = async (variables: Variables, who = admin): Promise<string> => {
  const { errors } = await world.gateway.ask(who, mutation, { ...variables });
  return errors.map(({ message, extensions }) => `${String(extensions?.code)}: ${message}`).join();
};
const none = { placed: 0, moved: 0, takenOut: 0, unchanged: 0, cameAlong: 0, stayed: 0, stayedIds: [], skipped: 0 };

const period = `{ from: "${march.from}", through: "${march.through}" }`;
async function attempts(hierarchyId: string, names: string[]): Promise<Record<string, number | null>> {
  const fields = names.map((name, n) => {
    const nodeId = name === 'tenant' ? world.acme.id : name === 'other' ? world.acme.otherId : id(name);
    return `n${n}: hierarchyNode(id: "${nodeId}", hierarchyId: "${hierarchyId}") { performance(period: ${period}) { attempts } }`;
  });
  const data = await world.gateway.read(admin, `{ ${fields.join('\n')} }`);
  return Object.fromEntries(names.map((name, n) => [name, data[`n${n}`]?.performance.attempts ?? null]));
}

const names = ['tenant', 'land', 'north', 'south', 'a', 'b', 'other'];
const asItWas = { tenant: 255, land: 63, north: 7, south: 56, a: 3, b: 8, other: 192 };

test('groups and classes take their figures along, all at once, whatever their order', async () => {
  expect(await attempts('india', names)).toEqual(asItWas);
  const placements = pairs({ b1: 'a', a: 'south', loose: 'b', b: 'north', e1: 'east', s1: null });
  expect(await placeMany({ hierarchyId: 'india', placements })).toEqual({ ...none, placed: 1, moved: 3, takenOut: 1, unchanged: 1 });
  const { tenant, land, north, south, a, b, other } = await attempts('india', names);
  expect({ tenant, a, north: north! - b! }).toEqual({ tenant: 255, a: 3 + 8, north: 4 });
  expect([land! + other!, north! + south!]).toEqual([255, land]);
});

test('the tree\'s version grows by one, and by none where all is there already', async () => {
  const version = async () => (await world.gateway.read(admin, '{ hierarchy(id: "india") { version } }')).hierarchy.version as number;
  const was = await version();
  const placements = pairs({ b1: 'a', s1: 'b' });
  await placeMany({ hierarchyId: 'india', placements });
  expect(await version()).toBe(was + 1);
  expect(await placeMany({ hierarchyId: 'india', placements })).toEqual({ ...none, unchanged: 2 });
  expect(await placeMany({ hierarchyId: 'india', placements: [] })).toEqual(none);
  expect(await version()).toBe(was + 1);
});

test('where some cannot be, nothing is changed, and every one of these is named', async () => {
  const placements = [
    ...pairs({ b1: 'a', land: 'north', a1: 'b1', south: 'south' }),
    { childId: 'g0zzzzz', parentId: id('land') },
    { childId: id('s1'), parentId: world.rival.nodeId('a') },
    { childId: id('b1'), parentId: null },
  ];
  const told = await refusal({ hierarchyId: 'india', placements });
  expect(told.split('\n')).toEqual([
    'BAD_USER_INPUT: Nothing was placed, since 6 of 7 placements cannot be:',
    expect.stringContaining(`placements[1], '${id('land')}' under '${id('north')}': 'north' hangs below 'land'`),
    expect.stringContaining(`placements[2], '${id('a1')}' under '${id('b1')}': Nothing can be placed under a class`),
    expect.stringContaining("'south' cannot be placed under itself"),
    expect.stringContaining("placements[4], 'g0zzzzz' under"),
    expect.stringContaining(`There is no group '${world.rival.nodeId('a')}'`),
    expect.stringContaining(`placements[6], '${id('b1')}' out: One parent for each child: '${id('b1')}' came as placements[0]`),
  ]);
  expect(await attempts('india', names)).toEqual(asItWas);
});

test('of very many that cannot be, the first hundred are named; more than a thousand are too many', async () => {
  const unknown = (count: number) => Array.from({ length: count }, (_, n) => ({ childId: `k0z${String(n).padStart(4, '0')}`, parentId: id('a') }));
  const lines = (await refusal({ hierarchyId: 'india', placements: unknown(1_000) })).split('\n');
  expect([lines.length, lines.at(-1)]).toEqual([102, 'And 900 more.']);
  expect(await refusal({ hierarchyId: 'india', placements: unknown(1_001) })).toMatch(/^TOO_LARGE: .*1000.*1001/);
});

test('a branch comes along from another hierarchy: levels that are not there are skipped, what has a place keeps it', async () => {
  const bring = (placements: Record<string, string | null>) =>
    placeMany({ hierarchyId: 'us', placements: pairs(placements), alongFrom: 'india' });
  expect(await placeMany({ hierarchyId: 'us', placements: pairs({ a2: 'land' }) })).toEqual({ ...none, placed: 1 });
  // East is a district, and no level of this hierarchy; a and its other class come along, and a class right under east.
  expect(await bring({ north: 'land' }))
    .toEqual({ ...none, placed: 4, cameAlong: 3, stayed: 1, stayedIds: [id('a2')], skipped: 1 });
  expect(await attempts('us', ['tenant', 'land', 'north', 'a', 'other'])).toEqual({ tenant: 255, land: 7, north: 5, a: 1, other: 248 });
  await placeMany({ hierarchyId: 'us', placements: pairs({ a2: null }) });
  expect(await bring({ north: 'land' })).toEqual({ ...none, placed: 1, unchanged: 4, cameAlong: 4, skipped: 1 });
  expect(await attempts('us', ['land', 'north', 'a', 'other'])).toEqual({ land: 7, north: 7, a: 3, other: 248 });

  const place = `mutation { place(hierarchyId: "us", childId: "${id('south')}", parentId: "${id('land')}", alongFrom: "india") { classCount } }`;
  expect((await world.gateway.read(admin, place)).place).toEqual({ classCount: 2 });
  expect(await attempts('us', ['land', 'north', 'south'])).toEqual({ land: 63, north: 7, south: 56 });
});

test('what is placed by itself comes along with nothing else, and a hierarchy brings nothing along from itself', async () => {
  const placements = pairs({ north: 'land', a: null, a1: 'south', south: 'land' });
  expect(await placeMany({ hierarchyId: 'us', placements, alongFrom: 'india' }))
    .toMatchObject({ placed: 8, takenOut: 0, unchanged: 1, cameAlong: 5, skipped: 1 });
  expect(await attempts('us', ['land', 'north', 'south', 'a'])).toEqual({ land: 61, north: 4, south: 57, a: null });
  expect(await refusal({ hierarchyId: 'us', placements, alongFrom: 'us' })).toMatch(/^BAD_USER_INPUT: alongFrom names another/);
  expect(await refusal({ hierarchyId: 'us', placements, alongFrom: 'none' })).toBe("NOT_FOUND: There is no hierarchy 'none'.");
  expect(await refusal({ hierarchyId: 'none', placements })).toBe("NOT_FOUND: There is no hierarchy 'none'.");
});

test('where levels have left a parent below its child, no ring is made; what is taken out at the same time makes none', async () => {
  const { superAdmin, gateway } = world;
  const levels = (...types: string[]) => `input: { name: "Turned", levels: [${types.map(type => `{ name: "${type}", type: ${type} }`).join()}] }`;
  const asSuper = (text: string) => gateway.read(superAdmin, `mutation { ${text} { id } }`);
  await asSuper(`createHierarchy(${levels('district', 'country', 'state')})`);
  await placeMany({ hierarchyId: 'turned', placements: pairs({ land: 'east' }) });
  await asSuper(`updateHierarchy(id: "turned", ${levels('country', 'state', 'district')})`);
  expect(await refusal({ hierarchyId: 'turned', placements: pairs({ east: 'land', south: 'land' }) }))
    .toMatch(/^BAD_USER_INPUT: .* 1 of 2 .*\n.*'land' hangs below 'east'.*ring\.$/);
  expect(await refusal({ hierarchyId: 'turned', placements: pairs({ north: 'land' }), alongFrom: 'india' }))
    .toMatch(/^BAD_USER_INPUT: With what would come along.*ring\.$/);
  expect(await placeMany({ hierarchyId: 'turned', placements: pairs({ east: 'land', land: null }) })).toEqual({ ...none, placed: 1, takenOut: 1 });
  await placeMany({ hierarchyId: 'turned', placements: pairs({ east: null }) });
  await asSuper('removeHierarchy(id: "turned")');
});

test('an inactive class that alone comes along is counted as what it is', async () => {
  await placeMany({ hierarchyId: 'us', placements: pairs({ south: 'land', b: 'south', s1: 'south' }) });
  const placements = pairs({ south: 'land' });
  expect(await placeMany({ hierarchyId: 'us', placements, alongFrom: 'india' })).toMatchObject({ placed: 2 });
  await placeMany({ hierarchyId: 'us', placements: pairs({ closed: null }) });
  expect(await placeMany({ hierarchyId: 'us', placements, alongFrom: 'india' })).toMatchObject({ placed: 1, cameAlong: 4 });
  const counts = '{ hierarchyNode(id: "' + id('south') + '", hierarchyId: "us") { classCount } }';
  expect(await world.gateway.read(admin, counts)).toEqual({ hierarchyNode: { classCount: 2 } });
});

test('takes as many statements for ten as for three', async () => {
  const count = async (placements: Record<string, string | null>): Promise<number> => {
    statements.length = 0;
    await placeMany({ hierarchyId: 'india', placements: pairs(placements) });
    return statements.length;
  };
  const three = await count({ a: 'south', b1: 'a', s1: null });
  const ten = await count({ a: 'east', b: 'north', east: 'north', a1: 'b', a2: 'b', e1: 'a', b1: null, s1: 'b', loose: 'b', closed: 'south' });
  expect(ten).toBeLessThanOrEqual(three + 2);
});
