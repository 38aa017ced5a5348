import request from 'supertest';
import { parse, Kind } from 'graphql';
import { readSupergraph } from '../gateway/supergraph';
import { subgraphs } from '../subgraphs';
import { Database } from '../subgraphs/shared/database/database';
import { startGuardedTenants, type GuardedTenants } from './guarded-tenants';
import type { Asker } from './start-gateway';

let world: GuardedTenants;
let admin: Asker;
let rivalsAdmin: Asker;
beforeAll(async () => {
  world = await startGuardedTenants();
  admin = world.as('admin');
  rivalsAdmin = { ...admin, tenant: 'rival' };
});
afterAll(async () => {
  await world.gateway.close();
  expect(world.gateway.bugs).toEqual([]);
});

interface Entry {
  id: string;
  action: string;
  performedById: string | null;
  login: string | null;
  byPlatform: boolean;
  resourceType: string | null;
  resourceId: string | null;
  details: Record<string, unknown>;
  address: string | null;
  userAgent: string | null;
}

const everything = `id createdAt action performedById login byPlatform resourceType resourceId details address userAgent`;
const log = async (who: Asker, args = 'first: 1000'): Promise<Entry[]> =>
  (await world.gateway.read(who, `{ auditLog(${args}) { nodes { ${everything} } } }`)).auditLog.nodes;

/** What was added to a tenant's log meanwhile, newest first. */
async function added(who: Asker, act: () => Promise<unknown>): Promise<Entry[]> {
  const before = new Set((await log(who)).map(({ id }) => id));
  await act();
  return (await log(who)).filter(({ id }) => !before.has(id));
}

const hierarchyInput = (name: string) => `{ name: "${name}", levels: [{ name: "School", type: school }] }`;

/** A mutation of each kind that does something, with the row it leaves. */
const changes = ({ acme }: GuardedTenants): [name: string, mutation: string, row: object][] => [
  ['setTimeZone', 'setTimeZone(timeZone: "Asia/Tokyo", expectedVersion: 1) { version }',
    { resourceType: 'TenantSettings', resourceId: null, details: { timeZone: 'Asia/Tokyo', expectedVersion: 1 } }],
  ['setApplicableHierarchy', 'setApplicableHierarchy(hierarchyId: "sap", expectedVersion: 2) { version }',
    { resourceType: 'TenantSettings', resourceId: 'sap', details: { hierarchyId: 'sap', expectedVersion: 2 } }],
  ['createGroup', 'createGroup(input: { type: school, name: "New" }) { id }',
    { resourceType: 'Group', resourceId: expect.stringMatching(/^g/), details: { input: { type: 'school', name: 'New' } } }],
  ['updateGroup', `updateGroup(id: "${acme.nodeId('b')}", input: { type: school, name: "b" }) { id }`,
    { resourceType: 'Group', resourceId: acme.nodeId('b') }],
  ['place', `place(hierarchyId: "india", childId: "${acme.nodeId('b1')}", parentId: "${acme.nodeId('a')}") { id }`,
    { resourceType: 'HierarchyNode', resourceId: acme.nodeId('b1') }],
  ['placeMany', `placeMany(hierarchyId: "india", placements: [{ childId: "${acme.nodeId('b1')}" }]) { takenOut }`,
    { resourceType: 'PlacementReceipt', resourceId: 'india', details: { hierarchyId: 'india', placements: [{ childId: acme.nodeId('b1') }] } }],
  ['grantAccess', `grantAccess(userId: "${acme.personId('stranger')}", groupId: "${acme.nodeId('b')}") { userId }`,
    { resourceType: 'Grant', resourceId: acme.nodeId('b'), details: { userId: acme.personId('stranger'), groupId: acme.nodeId('b') } }],
  ['revokeAccess', `revokeAccess(userId: "${acme.personId('stranger')}", groupId: "${acme.nodeId('b')}") { userId }`,
    { resourceType: 'Grant', resourceId: acme.nodeId('b') }],
];

test('every mutation of the supergraph leaves its row, whoever adds one; activity alone is none of administration', () => {
  const supergraph = parse(readSupergraph());
  const mutations = supergraph.definitions.flatMap(node =>
    node.kind === Kind.OBJECT_TYPE_DEFINITION && node.name.value === 'Mutation' ? (node.fields ?? []) : [],
  );
  const unaudited = mutations.map(({ name }) => name.value).filter(name =>
    subgraphs.every(({ schema }) => schema.getMutationType()?.getFields()[name]?.extensions.audited !== true),
  );
  expect(mutations.length).toBeGreaterThan(5);
  expect(unaudited).toEqual(['recordActivity']);
});

test('each change is there with who made it, what it was made to, and from where', async () => {
  for (const [name, mutation, row] of changes(world)) {
    const rows = await added(admin, () => world.gateway.read(admin, `mutation { ${mutation} }`));
    expect(rows).toEqual([
      expect.objectContaining({
        ...{ action: name, performedById: world.acme.personId('admin'), login: 'admin', byPlatform: false },
        ...{ address: '127.0.0.1', userAgent: null, ...row },
      }),
    ]);
  }
});

test("a change of what tenants share is in the platform's log", async () => {
  const asPlatform = world.superAdmin;
  const mutation = `mutation { createHierarchy(input: ${hierarchyInput('Mine')}) { id } }`;
  const rows = await added(asPlatform, () => world.gateway.read(asPlatform, mutation));
  expect(rows).toEqual([expect.objectContaining({ action: 'createHierarchy', byPlatform: true, resourceType: 'Hierarchy', resourceId: 'mine' })]);
});

test('of several mutations in a request each has its row; what fails leaves none, nor what GraphQL gives up after it', async () => {
  const query = `mutation {
    a: createGroup(input: { type: school, name: "A" }) { id }
    b: createGroup(input: { type: school, name: " " }) { id }
    c: createGroup(input: { type: school, name: "C" }) { id }
  }`;
  const rows = await added(admin, () => world.gateway.ask(admin, query));
  expect(rows.map(({ details }) => (details.input as { name: string }).name).sort()).toEqual(['A']);
});

test('long lists are cut, and secrets taken out', async () => {
  const name = 'n'.repeat(5_000);
  const [row] = await added(admin, () => world.gateway.read(admin, `mutation { createGroup(input: { type: school, name: "${name}" }) { id } }`));
  expect(JSON.stringify(row!.details).length).toBeLessThan(1_000);
});

test('activity leaves no row, in the graph or in bulk', async () => {
  const { acme, gateway } = world;
  const event = { eventId: 'x', classId: acme.nodeId('a1'), userId: acme.personId('ann'), occurredAt: '2026-03-02T10:00:00Z', score: 1 };
  const mutation = 'mutation ($events: [ActivityEventInput!]!) { recordActivity(events: $events) { accepted } }';
  const rows = await added(admin, async () => {
    await gateway.read(admin, mutation, { events: [event] });
    expect((await gateway.send(admin, [{ ...event, eventId: 'y', classId: 'a1', userId: 'ann' }])).status).toBe(202);
  });
  expect(rows).toEqual([]);
});

describe('a refusal', () => {
  test('is there with who asked, for what and from where', async () => {
    const { gateway, acme, as } = world;
    const query = 'query ($id: ID!) { hierarchyNode(id: $id, hierarchyId: "india") { name } }';
    const [row, ...more] = await added(admin, () => gateway.ask(as('northerner'), query, { id: acme.nodeId('south') }));
    expect(row).toMatchObject({ action: 'REFUSED', performedById: acme.personId('northerner'), login: 'northerner', address: '127.0.0.1' });
    expect(JSON.stringify(row!.details)).toContain(acme.nodeId('south'));
    expect(more).toEqual([]);
  });

  test('of a mutation is there, and the mutation is not', async () => {
    const { gateway, acme, as } = world;
    const mutation = `mutation { grantAccess(userId: "${acme.personId('partner')}", groupId: "${acme.nodeId('land')}") { userId } }`;
    const rows = await added(admin, () => gateway.ask(as('partner'), mutation));
    expect(rows.map(({ action, login }) => [action, login])).toEqual([['REFUSED', 'partner']]);
  });

  test('is one row, however often it is refused within a request', async () => {
    const { gateway, acme, as } = world;
    const fields = Array.from({ length: 15 }, (_, n) => `n${n}: hierarchyNode(id: "${acme.nodeId('south')}", hierarchyId: "india") { name }`);
    const rows = await added(admin, () => gateway.ask(as('northerner'), `{ ${fields.join(' ')} }`));
    expect(rows).toEqual([expect.objectContaining({ action: 'REFUSED', details: expect.objectContaining({ times: 15 }) })]);
  });

  test('of a route is there', async () => {
    const rows = await added(admin, () => world.gateway.send(world.as('teacher'), [{ eventId: 'z' }]));
    expect(rows).toEqual([expect.objectContaining({ action: 'REFUSED', login: 'teacher', details: expect.objectContaining({ asked: ['POST /events'] }) })]);
  });

  test('of a token whose person is gone, or was never there, is in the log of the tenant that it names', async () => {
    for (const subject of ['gone', 'nobody']) {
      const rows = await added(admin, () => world.gateway.codes({ ...admin, subject }, '{ viewer { login } }'));
      expect(rows).toEqual([
        expect.objectContaining({ action: 'REFUSED', performedById: null, details: { code: 'UNAUTHENTICATED', subject } }),
      ]);
    }
  });

  test("of who would act in another tenant is in the log of the own one, and not in the other's", async () => {
    const asked = { ...world.as('officer'), ...world.as('northerner'), actingTenant: 'rival' };
    const theirs = await log(rivalsAdmin);
    const rows = await added(admin, () => world.gateway.codes(asked, '{ viewer { login } }'));
    expect(rows).toEqual([expect.objectContaining({ action: 'REFUSED', login: 'northerner', details: { code: 'FORBIDDEN' } })]);
    expect(await log(rivalsAdmin)).toEqual(theirs);
  });
});

describe('a super admin in another tenant', () => {
  const visitor = (): Asker => ({ ...world.superAdmin, actingTenant: 'acme' });

  test('leaves a row for what they read, each time, though the answer were known', async () => {
    const query = '{ hierarchyNodeByExternalId(type: "state", externalId: "north") { name } }';
    const rows = await added(admin, async () => {
      for (let time = 0; time < 3; time++) await world.gateway.read(visitor(), query);
    });
    expect(rows).toHaveLength(3);
    for (const row of rows) {
      expect(row).toMatchObject({ action: 'READ', byPlatform: true, login: null });
      expect(row.performedById).toMatch(/^p/);
      expect(row.details.asked).toEqual([expect.stringMatching(/^hierarchyNodeByExternalId\(.*"north"/)]);
    }
  });

  test('leaves a row for what they change', async () => {
    const mutation = 'mutation { createGroup(input: { type: school, name: "Visited" }) { id } }';
    const rows = await added(admin, () => world.gateway.read(visitor(), mutation));
    expect(rows.map(({ action, byPlatform }) => [action, byPlatform])).toContainEqual(['createGroup', true]);
  });

  test('leaves a row for activity that they send, in the graph or in bulk, though nobody else does', async () => {
    const { acme, gateway } = world;
    const event = { eventId: 'v', classId: acme.nodeId('a1'), userId: acme.personId('ann'), occurredAt: '2026-03-02T10:00:00Z', score: 1 };
    const mutation = 'mutation ($events: [ActivityEventInput!]!) { recordActivity(events: $events) { accepted } }';
    const rows = await added(admin, async () => {
      for (let time = 0; time < 2; time++) await gateway.read(visitor(), mutation, { events: [event] }); // the second changes nothing
      expect((await gateway.send(visitor(), [{ ...event, eventId: 'w', classId: 'a1', userId: 'ann' }])).status).toBe(202);
    });
    // All of one moment by this service's clock, in no order among themselves.
    const noted = rows.map(({ action, byPlatform, details }) => [action, byPlatform, details.events]).sort();
    expect(noted).toEqual([['POST /events', true, undefined], ['recordActivity', true, 1], ['recordActivity', true, 1]]);
    expect(JSON.stringify(rows)).not.toContain(event.userId);
  });

  test('leaves nothing at home', async () => {
    const rows = await added(world.superAdmin, () => world.gateway.read(visitor(), '{ viewer { login } }'));
    expect(rows).toEqual([]);
  });
});

describe('every route', () => {
  const routes = subgraphs.flatMap(subgraph => subgraph.routes);
  const send = async (who: Asker, { method, path }: { method: string; path: string }) => {
    const { actingTenant, ...contents } = who;
    const at = path.replace(':eid', 'ann').replace(/:\w+/, '1');
    const asked = method === 'GET' ? request(world.gateway.app).get(at) : request(world.gateway.app).post(at).type('text/csv').send('name\n');
    return asked.set({
      authorization: `Bearer ${await world.gateway.service.token(contents)}`,
      ...(actingTenant === undefined ? {} : { 'strata-tenant': actingTenant }),
    });
  };

  test.each(routes.map(route => [`${route.method} ${route.path}`, route] as const))('%s leaves a row where it refuses, and one where it is changed or visited', async (name, route) => {
    const refused: number[] = [];
    const refusals = await added(admin, async () => {
      for (const person of ['stranger', 'learner']) refused.push((await send(world.as(person), route)).status);
    });
    const forbidden = refused.filter(status => status === 403).length;
    expect(refusals.map(({ action }) => action)).toEqual(Array.from({ length: forbidden }, () => 'REFUSED'));
    for (const row of refusals) expect(row.details).toMatchObject({ asked: [name] });

    let status = 0;
    const visit: Asker = { ...world.superAdmin, actingTenant: 'acme' };
    const rows = await added(admin, async () => ({ status } = await send(visit, route)));
    const noted = rows.map(({ action, byPlatform }) => [action, byPlatform]);
    if (route.method === 'GET') expect(noted).toEqual([['READ', true]]);
    else if (status < 400) expect(noted).toEqual([[expect.any(String), true]]);
    else expect(noted).toEqual([]);
  });

  test('that takes a file leaves one row of it', async () => {
    const file = 'group_name,school_natural_id,school_year,subject_code,student_ssid,group_user_login\n';
    const rows = await added(admin, async () => {
      const token = await world.gateway.service.token(admin);
      const { status } = await request(world.gateway.app).post('/groups/imports').type('text/csv').set('authorization', `Bearer ${token}`).send(file);
      expect(status).toBe(202);
    });
    expect(rows).toEqual([expect.objectContaining({ action: 'POST /groups/imports', login: 'admin' })]);
  });
});

describe('the log', () => {
  test.each(['northerner', 'partner', 'teacher', 'learner', 'stranger'])('is not for %s', async person => {
    expect(await world.gateway.codes(world.as(person), '{ auditLog { nodes { action } } }')).toEqual(['FORBIDDEN']);
  });

  test("has nothing of another tenant's", async () => {
    const rows = await log(rivalsAdmin);
    const mine = new Set((await log(admin)).map(({ id }) => id));
    expect(rows.filter(({ id }) => mine.has(id))).toEqual([]);
    expect(await log(rivalsAdmin, `performedById: "${world.acme.personId('admin')}"`)).toEqual([]);
  });

  test('comes in pages, newest first, none twice and none left out', async () => {
    const all = await log(admin);
    const paged: string[] = [];
    let after: string | null = null;
    do {
      const query: string = `query ($after: String) { auditLog(first: 4, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }`;
      const { auditLog } = await world.gateway.read(admin, query, { after });
      paged.push(...auditLog.nodes.map(({ id }: { id: string }) => id));
      after = auditLog.pageInfo.hasNextPage ? auditLog.pageInfo.endCursor : null;
    } while (after !== null);
    expect(paged).toEqual(all.map(({ id }) => id));
    expect(paged.length).toBeGreaterThan(12);
  });

  test('can be asked for some actions, a person, or the last days', async () => {
    const all = await log(admin);
    const ids = (rows: Entry[]) => rows.map(({ id }) => id);
    expect(ids(await log(admin, 'actions: ["REFUSED", "place"]')))
      .toEqual(ids(all.filter(({ action }) => ['REFUSED', 'place'].includes(action))));
    const northerner = world.acme.personId('northerner');
    expect(ids(await log(admin, `performedById: "${northerner}"`)))
      .toEqual(ids(all.filter(({ performedById }) => performedById === northerner)));
    expect(ids(await log(admin, 'lastDays: 1, first: 1000'))).toEqual(ids(all));
    expect(await log(admin, 'performedById: "x"')).toEqual([]);
    expect(await log(admin, 'performedById: ""')).toEqual([]);
    expect(await world.gateway.codes(admin, '{ auditLog(lastDays: -1) { nodes { id } } }')).toEqual(['BAD_USER_INPUT']);
  });

  test.each(['x', Buffer.from('["x","1","2"]').toString('base64url')])('refuses a cursor that is none: %s', async after => {
    expect(await world.gateway.codes(admin, 'query ($after: String) { auditLog(after: $after) { nodes { id } } }', { after }))
      .toEqual(['BAD_USER_INPUT']);
  });

  test('can be changed by nobody, the service included', async () => {
    const service = await Database.connect({ url: world.gateway.database.url, stepDown: true, entities: [] });
    for (const statement of [
      "update audit_log set action = 'nothing'",
      'delete from audit_log',
      'truncate audit_log',
      'select * from audit_log_other_months',
    ]) {
      await expect(service.transaction(world.acme.number, 'write', tx => tx.query(statement))).rejects.toMatchObject({ code: '42501' });
    }
    const others = await service.transaction(world.rival.number, 'read', tx =>
      tx.query(`select from audit_log where tenant_id = ${world.acme.number}`));
    expect(others).toEqual([]);
    const elsewhere = service.transaction(world.rival.number, 'write', tx =>
      tx.query(`insert into audit_log (tenant_id, recorded_at, action) values (${world.acme.number}, now(), 'x')`));
    await expect(elsewhere).rejects.toMatchObject({ code: '42501' });
    await service.close();
  });

  test('believes no address but that of the connection', async () => {
    const { gateway, as } = world;
    const token = await gateway.service.token({ subject: 'teacher', tenant: 'acme', roles: as('teacher').roles });
    const [row] = await added(admin, () =>
      request(gateway.app)
        .post('/graphql')
        .set({ authorization: `Bearer ${token}`, 'x-forwarded-for': '203.0.113.9', 'user-agent': 'probe/1.0 \u00e9' })
        .send({ query: '{ auditLog { nodes { id } } }' }),
    );
    expect(row).toMatchObject({ address: '127.0.0.1', userAgent: expect.stringContaining('probe/1.0') });
  });
});

