import { load, lines } from './sample-bundle';
import { buildMissing } from '../subgraphs/reporting/rollup/build';
import { verify } from '../subgraphs/reporting/rollup/verify';
import { attemptsOf, march, startGuardedTenants, type GuardedTenants } from './guarded-tenants';
import type { Asker } from './start-gateway';

let world: GuardedTenants;
let admin: Asker;
beforeAll(async () => {
  world = await startGuardedTenants();
  admin = world.as('admin');
});
afterAll(async () => {
  await world.gateway.close();
  expect(world.gateway.bugs).toEqual([]);
});

const period = `{ from: "${march.from}", through: "${march.through}" }`;
const change = (mutation: string, who = admin) =>
  world.gateway.read(who, `mutation { changed: ${mutation} }`).then(data => data.changed);
const refused = (mutation: string, who = admin) => world.gateway.codes(who, `mutation { ${mutation} }`);
const place = (hierarchyId: string, child: string, parent: string | null): string => {
  const parentId = parent === null ? null : `"${parent}"`;
  return `place(hierarchyId: "${hierarchyId}", childId: "${child}", parentId: ${parentId}) { name parent { name type } }`;
};

/** The attempts of some nodes; asked with the same words every time, so that no answer from before may stand for it. */
async function attempts(hierarchyId: string, names: string[]): Promise<Record<string, number | null>> {
  const { acme } = world;
  const ids: Record<string, string> = { tenant: acme.id, other: acme.otherId };
  const fields = names.map((name, n) => {
    const args = `nodeId: "${ids[name] ?? acme.nodeId(name)}", hierarchyId: "${hierarchyId}", period: ${period}`;
    return `n${n}: nodeReport(${args}) { node { performance { attempts } } reconciliation { attempts scoreSum totalSeconds } }`;
  });
  const data = await world.gateway.read(admin, `{ ${fields.join('\n')} }`);
  const found = Object.values(data) as ({ node: { performance: { attempts: number } }; reconciliation: object } | null)[];
  for (const report of found) if (report) {
    expect(report.reconciliation).toEqual({ attempts: 0, scoreSum: 0, totalSeconds: 0 });
  }
  return Object.fromEntries(names.map((name, n) => [name, found[n]?.node.performance.attempts ?? null]));
}

describe('placing', () => {
  const all = ['tenant', 'land', 'north', 'south', 'a', 'b', 'other'];
  const before = { tenant: 255, land: 63, north: 7, south: 56, a: 3, b: 8, other: 192 };

  test('a class takes its figures from its old ancestors to the new ones; the tenant keeps all', async () => {
    const [b1, a, b] = ['b1', 'a', 'b'].map(world.acme.nodeId);
    expect(await attempts('india', all)).toEqual(before);
    expect(await change(place('india', b1!, a!))).toEqual({ name: 'b1', parent: { name: 'a', type: 'school' } });
    expect(await attempts('india', all)).toEqual({ ...before, north: 15, south: 48, a: 11, b: 0 });
    expect(await attempts('sap', ['tenant', 'b', 'other']))
      .toEqual({ tenant: 255, b: 8, other: attemptsOf.e1! + 16 + 32 + 128 });
    expect(await change(place('india', b1!, b!))).toEqual({ name: 'b1', parent: { name: 'b', type: 'school' } });
    expect(await attempts('india', all)).toEqual(before);
  });

  test('a class that is taken out is in other, and back again when it is placed', async () => {
    const [b1, b] = ['b1', 'b'].map(world.acme.nodeId);
    expect(await change(place('india', b1!, null))).toEqual({ name: 'b1', parent: { name: 'Other', type: 'other' } });
    expect(await attempts('india', all)).toEqual({ ...before, land: 55, south: 48, b: 0, other: 200 });
    await change(place('india', b1!, b!));
    expect(await attempts('india', all)).toEqual(before);
  });

  test('a group takes all that is below it along, and one that leads to no root has no node', async () => {
    const [east, south, north] = ['east', 'south', 'north'].map(world.acme.nodeId);
    await change(place('india', east!, south!));
    expect(await attempts('india', [...all, 'east'])).toEqual({ ...before, north: 0, south: 63, east: 7 });
    expect(await change(place('india', east!, null))).toBeNull();
    expect(await attempts('india', [...all, 'east']))
      .toEqual({ ...before, land: 56, north: 0, a: null, other: 199, east: null });
    await change(place('india', east!, north!));
    expect(await attempts('india', [...all, 'east'])).toEqual({ ...before, east: 7 });
  });

  test('moves the version of the tenant\'s tree, and of no other tenant\'s', async () => {
    const version = async (who: Asker) =>
      (await world.gateway.read(who, '{ hierarchy(id: "india") { version } }')).hierarchy.version as number;
    const rivalAdmin = { ...admin, tenant: 'rival' };
    const [mine, theirs] = [await version(admin), await version(rivalAdmin)];
    await change(place('india', world.acme.nodeId('b1'), world.acme.nodeId('a')));
    await change(place('india', world.acme.nodeId('b1'), world.acme.nodeId('b')));
    expect([await version(admin), await version(rivalAdmin)]).toEqual([mine + 2, theirs]);
  });
});

describe('granting', () => {
  const asked = `{ nodeReport(period: ${period}) { node { performance { attempts } } } viewer { roots { name } } }`;
  const grant = () => {
    const [person, group] = [world.acme.personId('stranger'), world.acme.nodeId('north')];
    return `(userId: "${person}", groupId: "${group}") { userId group { name } grantedAt }`;
  };

  test('shows at once what is granted, once however often, and hides it at once when it is revoked', async () => {
    const stranger = world.as('stranger');
    expect(await world.gateway.codes(stranger, asked)).toEqual(['FORBIDDEN']);
    const granted = await change(`grantAccess${grant()}`);
    expect(granted).toMatchObject({ userId: world.acme.personId('stranger'), group: { name: 'north' } });
    expect(await change(`grantAccess${grant()}`)).toEqual(granted);
    for (let time = 0; time < 2; time++) {
      const data = await world.gateway.read(stranger, asked);
      expect(data)
        .toEqual({ nodeReport: { node: { performance: { attempts: 7 } } }, viewer: { roots: [{ name: 'north' }] } });
    }
    expect(await change(`revokeAccess${grant()}`)).toEqual(granted);
    const { data, errors } = await world.gateway.ask(stranger, asked);
    expect([data, errors.map(({ extensions }) => extensions?.code)])
      .toEqual([{ nodeReport: null, viewer: { roots: [] } }, ['FORBIDDEN']]);
    expect(await refused(`revokeAccess${grant()}`)).toEqual(['NOT_FOUND']);
  });
});

describe('groups', () => {
  test('are made, stand where they are placed, and keep their figures under another name', async () => {
    const input = '{ type: school, name: " New ", code: "N", externalId: "new" }';
    const made = await change(`createGroup(input: ${input}) { id name code type externalId }`);
    expect(made).toMatchObject({ name: 'New', code: 'N', type: 'school', externalId: 'new' });
    const node = `{
      hierarchyNodeByExternalId(type: "school", externalId: "new") { name parent { name } performance(period: ${period}) { attempts } }
    }`;
    expect((await world.gateway.read(admin, node)).hierarchyNodeByExternalId).toBeNull();
    await change(place('india', made.id, world.acme.nodeId('east')));
    await change(place('india', world.acme.nodeId('e1'), made.id));
    const expected = { name: 'New', parent: { name: 'east' }, performance: { attempts: 4 } };
    expect((await world.gateway.read(admin, node)).hierarchyNodeByExternalId).toEqual(expected);
    await change(`updateGroup(id: "${made.id}", input: { type: school, name: "Newer", externalId: "new" }) { name }`);
    expect((await world.gateway.read(admin, node)).hierarchyNodeByExternalId).toEqual({ ...expected, name: 'Newer' });
    await change(`updateGroup(id: "${made.id}", input: { type: cluster, name: "Newer", externalId: "new" }) { type }`);
    const asCluster = (await world.gateway.read(admin, node.replace('"school"', '"cluster"'))).hierarchyNodeByExternalId;
    expect(asCluster).toEqual({ ...expected, name: 'Newer' });
    expect(await attempts('india', ['tenant', 'north', 'east'])).toEqual({ tenant: 255, north: 7, east: 7 });
    await change(place('india', world.acme.nodeId('e1'), world.acme.nodeId('east')));
  });

  test('have an external id that is unique among their type, and a type that fits where they stand', async () => {
    expect(await refused('createGroup(input: { type: school, name: "x", externalId: "a" }) { id }'))
      .toEqual(['CONFLICT']);
    expect(await refused('createGroup(input: { type: school, name: " " }) { id }')).toEqual(['BAD_USER_INPUT']);
    expect(await refused('createGroup(input: { type: class, name: "x" }) { id }')).toEqual(['BAD_USER_INPUT']);
    const east = world.acme.nodeId('east');
    expect(await refused(`updateGroup(id: "${east}", input: { type: country, name: "east" }) { id }`))
      .toEqual(['BAD_USER_INPUT']);
    expect(await refused('updateGroup(id: "g0zzzzz", input: { type: school, name: "x" }) { id }'))
      .toEqual(['NOT_FOUND']);
  });
});

describe('hierarchies', () => {
  const listed = async (who: Asker, all: boolean): Promise<{ id: string; name: string }[]> =>
    (await world.gateway.read(who, `{ hierarchies(all: ${all}) { id name version levels { type sequence } } }`)).hierarchies;

  test('are made and changed by super admins for all tenants, whose trees follow at once', async () => {
    const { gateway, superAdmin, acme } = world;
    expect((await listed(admin, true)).map(({ id }) => id)).toEqual(['india', 'sap', 'us']);
    const levels = (...types: string[]) =>
      `levels: [${types.map(type => `{ name: "${type}", type: ${type} }`).join(', ')}]`;
    const input = `{ name: "Two Steps", ${levels('state', 'school')} }`;
    const made = await change(`createHierarchy(input: ${input}) { id version levels { type } }`, superAdmin);
    const update = (name: string, ...types: string[]) =>
      change(`updateHierarchy(id: "two-steps", input: { name: "${name}", ${levels(...types)} }) { id }`, superAdmin);
    expect(made).toMatchObject({ id: 'two-steps', levels: [{ type: 'state' }, { type: 'school' }, { type: 'class' }] });
    expect((await listed(admin, true)).map(({ id }) => id)).toEqual(['india', 'sap', 'two-steps', 'us']);
    expect((await listed(admin, false)).map(({ id }) => id)).toEqual(['india', 'sap']);
    const unused = `{ nodeReport(hierarchyId: "two-steps", period: ${period}) { node { node { id } } } }`;
    expect(await gateway.codes(admin, unused)).toEqual(['BAD_USER_INPUT']);

    for (const [child, parent] of [['a', 'north'], ['a1', 'a'], ['b1', 'a'], ['s1', 'north']] as const) {
      await change(place('two-steps', acme.nodeId(child), acme.nodeId(parent)));
    }
    expect((await listed(admin, false)).map(({ id }) => id)).toEqual(['india', 'sap', 'two-steps']);
    const placed = { tenant: 255, north: 25, a: 9, other: 230 };
    expect(await attempts('two-steps', Object.keys(placed))).toEqual(placed);

    await update('Renamed', 'state', 'school');
    expect((await listed(admin, false)).map(({ name }) => name)).toContain('Renamed');
    await update('Renamed', 'state', 'district');
    expect(await attempts('two-steps', Object.keys(placed))).toEqual({ tenant: 255, north: 16, a: null, other: 239 });
    await update('Renamed', 'state', 'district', 'school');
    expect(await attempts('two-steps', Object.keys(placed))).toEqual(placed);
    const { errors } = await gateway.ask(superAdmin, 'mutation { removeHierarchy(id: "two-steps") { id } }');
    expect(errors).toMatchObject([{ message: expect.stringMatching(/^The hierarchy 'two-steps' is used.*: 4 groups and classes.*1 tenant\)\.$/), extensions: { code: 'CONFLICT' } }]);
    expect(await refused(`updateHierarchy(id: "none", input: { name: "x", ${levels('state')} }) { id }`, superAdmin))
      .toEqual(['NOT_FOUND']);
  });
});

describe('removing a hierarchy', () => {
  const two = (name: string) => `createHierarchy(input: { name: "${name}", levels: [{ name: "State", type: state }] }) { id }`;
  const ids = async () => (await world.gateway.read(admin, '{ hierarchies(all: true) { id } }')).hierarchies.map((one: { id: string }) => one.id) as string[];

  test('that was made twice; whoever placed something there must have taken it out', async () => {
    const { superAdmin, acme } = world;
    expect([await change(two('Publisher'), superAdmin), await change(two('Publisher'), superAdmin)]).toEqual([{ id: 'publisher' }, { id: 'publisher-2' }]);
    const classes = ['a1', 'b1'].map(acme.nodeId);
    for (const id of classes) await change(place('publisher-2', id, acme.nodeId('north')));
    await world.gateway.service.subgraph('reporting').database.transaction(acme.number, 'write', tx => buildMissing(tx));
    expect(await refused('removeHierarchy(id: "publisher-2") { id }', superAdmin)).toEqual(['CONFLICT']);
    for (const id of classes) await change(place('publisher-2', id, null));
    expect(await change('removeHierarchy(id: "publisher-2") { id name levels { type } roots { id } other { id } }', superAdmin))
      .toEqual({ id: 'publisher-2', name: 'Publisher', levels: [{ type: 'state' }, { type: 'class' }], roots: [], other: null });
    expect(await ids()).toContain('publisher');
    expect(await ids()).not.toContain('publisher-2');
    expect(await refused('removeHierarchy(id: "publisher-2") { id }', superAdmin)).toEqual(['NOT_FOUND']);
    expect(await refused(place('publisher-2', classes[0]!, acme.nodeId('north')))).toEqual(['NOT_FOUND']);
    const verdict = await world.gateway.service.subgraph('reporting').database.transaction(acme.number, 'read', tx => verify(tx));
    expect(verdict.differences).toEqual([]);
  });

  test('is refused while a tenant has it as its own, and to administrators', async () => {
    const { errors } = await world.gateway.ask(world.superAdmin, 'mutation { removeHierarchy(id: "india") { id } }');
    expect(errors).toMatchObject([{ message: expect.stringMatching(/tenants have it as their own/), extensions: { code: 'CONFLICT' } }]);
    expect(await refused('removeHierarchy(id: "publisher") { id }')).toEqual(['FORBIDDEN']);
    expect(await ids()).toEqual(expect.arrayContaining(['india', 'publisher']));
  });

  test('beside somebody who places something there: the one or the other', async () => {
    const { superAdmin, acme, gateway } = world;
    for (let time = 0; time < 5; time++) {
      const { id } = await change(two(`Race ${time}`), superAdmin);
      const placing = place(id, acme.nodeId('a1'), acme.nodeId('north'));
      const outcomes = await Promise.all([
        gateway.codes(superAdmin, `mutation { removeHierarchy(id: "${id}") { id } }`),
        gateway.codes(admin, `mutation { ${placing} }`),
      ]);
      expect([[[], ['NOT_FOUND']], [['CONFLICT'], []]]).toContainEqual(outcomes);
    }
  });
});

describe('settings', () => {
  const asked = `{
    tenantSettings { version timeZone applicableHierarchy { id } } hierarchy { id }
    nodeReport(period: { from: "2026-03-12", through: "2026-03-12" }) { node { node { hierarchyId } performance { attempts } } }
  }`;
  const settings = async () => {
    const { tenantSettings, hierarchy, nodeReport } = await world.gateway.read(admin, asked);
    const { version, timeZone, applicableHierarchy } = tenantSettings;
    const { node, performance } = nodeReport.node;
    return [version, timeZone, applicableHierarchy.id, hierarchy.id, node.hierarchyId, performance.attempts];
  };
  /** Late in the evening of the 11th in UTC. */
  const record = (eventId: string) =>
    world.gateway.send(admin, [{ eventId, classId: 'a1', userId: 'ann', occurredAt: '2026-03-11T20:00:00Z', score: 10 }]);

  test('change for whoever read them last; a new time zone holds for what is accepted from now on', async () => {
    expect(await settings()).toEqual([1, 'UTC', 'india', 'india', 'india', 0]);
    await record('before');
    expect(await change('setTimeZone(timeZone: "Asia/Tokyo", expectedVersion: 1) { version timeZone }'))
      .toEqual({ version: 2, timeZone: 'Asia/Tokyo' });
    expect(await settings()).toEqual([2, 'Asia/Tokyo', 'india', 'india', 'india', 0]);
    await record('after');
    expect(await settings()).toEqual([2, 'Asia/Tokyo', 'india', 'india', 'india', 1]);
    const stale = 'mutation { setTimeZone(timeZone: "Europe/Paris", expectedVersion: 1) { version } }';
    const { errors } = await world.gateway.ask(admin, stale);
    expect(errors).toMatchObject([{ message: expect.stringMatching(/version 2, expected was 1/), extensions: { code: 'CONFLICT' } }]);
    expect(await refused('setApplicableHierarchy(hierarchyId: "sap", expectedVersion: 1) { version }'))
      .toEqual(['CONFLICT']);
    for (const zone of ['Mars/Olympus', '+05:30', '', 'IST', 'NET', 'SystemV/AST4', 'posix/Asia/Tokyo']) {
      expect(await refused(`setTimeZone(timeZone: "${zone}", expectedVersion: 2) { version }`))
        .toEqual(['BAD_USER_INPUT']);
    }
    expect(await settings()).toEqual([2, 'Asia/Tokyo', 'india', 'india', 'india', 1]);
  });

  test('choose the tenant\'s own hierarchy, of those in which it has placed something', async () => {
    expect(await refused('setApplicableHierarchy(hierarchyId: "us", expectedVersion: 2) { version }'))
      .toEqual(['BAD_USER_INPUT']);
    expect(await refused('setApplicableHierarchy(hierarchyId: "none", expectedVersion: 2) { version }'))
      .toEqual(['NOT_FOUND']);
    expect(await change('setApplicableHierarchy(hierarchyId: "sap", expectedVersion: 2) { version applicableHierarchy { id } }'))
      .toEqual({ version: 3, applicableHierarchy: { id: 'sap' } });
    expect((await settings()).slice(2, 5)).toEqual(['sap', 'sap', 'sap']);
  });

  test('that a bundle changes hold at once, too', async () => {
    const header = 'tenant_id,name,applicable_hierarchy_id,time_zone';
    const { files } = await load(world.gateway.database, { 'tenants.csv': lines(header, 'acme,Acme,india,Asia/Tokyo') });
    expect(files['tenants.csv']).toMatchObject({ changed: 1 });
    expect((await settings()).slice(0, 5)).toEqual([4, 'Asia/Tokyo', 'india', 'india', 'india']);
  });
});
