import { march, startGuardedTenants, type GuardedTenants } from './guarded-tenants';

let world: GuardedTenants;
beforeAll(async () => {
  world = await startGuardedTenants();
});
afterAll(async () => {
  await world.gateway.close();
  expect(world.gateway.bugs).toEqual([]);
});

const period = `{ from: "${march.from}", through: "${march.through}" }`;
const hierarchyInput = '{ name: "Mine", levels: [{ name: "School", type: school }] }';

/** Mutations of an administrator, each on something that is there: nothing else could be the reason to refuse them. */
const administration = ({ acme }: GuardedTenants): Record<string, string> => ({
  setApplicableHierarchy: 'setApplicableHierarchy(hierarchyId: "sap", expectedVersion: 1) { version }',
  setTimeZone: 'setTimeZone(timeZone: "Asia/Tokyo", expectedVersion: 1) { version }',
  createGroup: 'createGroup(input: { type: school, name: "Mine" }) { id }',
  updateGroup: `updateGroup(id: "${acme.nodeId('b')}", input: { type: school, name: "Mine" }) { id }`,
  place: `place(hierarchyId: "india", childId: "${acme.nodeId('b1')}", parentId: "${acme.nodeId('a')}") { id }`,
  'place, taking out': `place(hierarchyId: "india", childId: "${acme.nodeId('b1')}", parentId: null) { id }`,
  placeMany: `placeMany(hierarchyId: "india", placements: [{ childId: "${acme.nodeId('b1')}", parentId: "${acme.nodeId('a')}" }]) { placed }`,
  grantAccess: `grantAccess(userId: "${acme.personId('stranger')}", groupId: "${acme.nodeId('b')}") { userId }`,
  'grantAccess, to themselves': `grantAccess(userId: "${acme.personId('northerner')}", groupId: "${acme.nodeId('land')}") { userId }`,
  setOrgTypes: 'setOrgTypes(types: [{ orgType: local, groupType: country }]) { orgType }',
  revokeAccess: `revokeAccess(userId: "${acme.personId('partner')}", groupId: "${acme.nodeId('b')}") { userId }`,
});
const ofThePlatform: Record<string, string> = {
  createHierarchy: `createHierarchy(input: ${hierarchyInput}) { id }`,
  removeHierarchy: 'removeHierarchy(id: "us") { id }',
  updateHierarchy: `updateHierarchy(id: "india", input: ${hierarchyInput}) { id }`,
};

/** What all those mutations could have changed. */
const everything = `{
  hierarchies(all: true) { id name version levels { type } }
  tenantSettings { version timeZone applicableHierarchy { id } }
  nodeReport(period: ${period}) { children { nodes { node { name } performance { attempts } } } }
  hierarchyNodeByExternalId(type: "school", externalId: "b") { name children { nodes { name } } }
}`;

describe.each(['northerner', 'partner', 'teacher', 'stranger', 'learner'])('%s', person => {
  test('may change nothing of the tenant, and nothing is changed', async () => {
    const { gateway, as } = world;
    const before = await gateway.read(as('admin'), everything);
    for (const [name, mutation] of Object.entries({ ...administration(world), ...ofThePlatform })) {
      const { data, errors, text } = await gateway.ask(as(person), `mutation { changed: ${mutation} }`);
      expect([name, data?.changed ?? null, errors.map(({ extensions }) => extensions?.code)])
        .toEqual([name, null, ['FORBIDDEN']]);
      expect(text).not.toMatch(/south|land/);
    }
    expect(await gateway.read(as('admin'), everything)).toEqual(before);
  });

  test('may not do so in another person\'s name, in another tenant\'s, or by a role that only the token has', async () => {
    const { gateway, as } = world;
    for (const [name, mutation] of Object.entries({ ...administration(world), ...ofThePlatform })) {
      const elsewhere = { roles: ['ORG_ADMIN'], actingTenant: 'rival' };
      for (const more of [{ roles: ['ORG_ADMIN', 'SUPER_ADMIN'] }, { actingTenant: 'acme' }, elsewhere]) {
        expect([name, await gateway.codes({ ...as(person), ...more }, `mutation { ${mutation} }`)])
          .toEqual([name, ['FORBIDDEN']]);
      }
    }
  });

  test('is refused one by one where mutations stand side by side', async () => {
    const { gateway, as } = world;
    const all = Object.values(administration(world)).map((mutation, n) => `m${n}: ${mutation}`);
    const { data, errors } = await gateway.ask(as(person), `mutation { ${all.join('\n')} }`);
    expect(data).toBeNull();
    expect(errors.every(({ extensions }) => extensions?.code === 'FORBIDDEN')).toBe(true);
  });
});

test('an administrator changes no hierarchy, which all tenants share, and nothing of another tenant', async () => {
  const { gateway, as, acme, rival } = world;
  for (const mutation of Object.values(ofThePlatform)) {
    expect(await gateway.codes(as('admin'), `mutation { ${mutation} }`)).toEqual(['FORBIDDEN']);
  }
  const before = await gateway.read({ ...as('admin'), tenant: 'rival' }, everything);
  const [mine, theirs] = [acme, rival].map(tenant =>
    ({ b: tenant.nodeId('b'), b1: tenant.nodeId('b1'), a: tenant.nodeId('a'), partner: tenant.personId('partner') }));
  const foreign = [
    `updateGroup(id: "${theirs!.b}", input: { type: school, name: "Mine" }) { id }`,
    `place(hierarchyId: "india", childId: "${theirs!.b1}", parentId: "${theirs!.a}") { id }`,
    `place(hierarchyId: "india", childId: "${theirs!.b1}", parentId: "${mine!.a}") { id }`,
    `place(hierarchyId: "india", childId: "${mine!.b1}", parentId: "${theirs!.a}") { id }`,
    `place(hierarchyId: "india", childId: "${theirs!.b1}", parentId: null) { id }`,
    `placeMany(hierarchyId: "india", placements: [{ childId: "${theirs!.b1}", parentId: "${theirs!.a}" }]) { placed }`,
    `placeMany(hierarchyId: "india", placements: [{ childId: "${mine!.b1}", parentId: "${theirs!.a}" }]) { placed }`,
    `grantAccess(userId: "${theirs!.partner}", groupId: "${mine!.b}") { userId }`,
    `grantAccess(userId: "${mine!.partner}", groupId: "${theirs!.b}") { userId }`,
    `revokeAccess(userId: "${theirs!.partner}", groupId: "${theirs!.b}") { userId }`,
  ];
  for (const mutation of foreign) {
    const { errors } = await gateway.ask(as('admin'), `mutation { ${mutation} }`);
    expect([mutation, errors.map(({ extensions }) => extensions?.code)]).toEqual([mutation, ['NOT_FOUND']]);
    expect(errors[0]!.message).not.toMatch(/Rival|another tenant/i);
  }
  expect(await gateway.read({ ...as('admin'), tenant: 'rival' }, everything)).toEqual(before);
});

describe('recording activity', () => {
  const event = (eventId: string, classId: string, userId: string) =>
    ({ eventId, classId, userId, occurredAt: '2026-03-03T10:00:00Z', score: 100 });
  const record = `mutation ($events: [ActivityEventInput!]!) {
    recordActivity(events: $events) { accepted duplicates rejected { eventId code message } }
  }`;
  const attempts = async (): Promise<number> => {
    const whole = `{ nodeReport(period: ${period}) { node { performance { attempts } } } }`;
    return (await world.gateway.read(world.as('admin'), whole)).nodeReport.node.performance.attempts;
  };

  test('is for administrators and partners', async () => {
    const { gateway, as, acme } = world;
    const events = [event('x1', acme.nodeId('a1'), acme.personId('ann'))];
    for (const person of ['northerner', 'teacher', 'learner', 'stranger']) {
      expect([person, await gateway.codes(as(person), record, { events })]).toEqual([person, ['FORBIDDEN']]);
      expect((await gateway.send(as(person), [event('x1', 'a1', 'ann')])).status).toBe(403);
    }
  });

  test('takes of a partner what is of a covered class; the rest is refused, and says nothing of other tenants', async () => {
    const { gateway, as, acme, rival } = world;
    const before = await attempts();
    const ann = acme.personId('ann');
    const events = [
      event('y1', acme.nodeId('b1'), ann),
      event('y2', acme.nodeId('s1'), ann),
      event('y3', acme.nodeId('loose'), ann),
      event('y4', rival.nodeId('b1'), ann),
      event('y5', 'k0zzzzz', ann),
      event('y6', acme.nodeId('b1'), rival.personId('ann')),
      event('y7', acme.nodeId('b'), ann),
    ];
    const { recordActivity } = await gateway.read(as('partner'), record, { events });
    expect(recordActivity.accepted).toBe(1);
    const codes = (rejected: { eventId: string; code: string }[]) =>
      rejected.map(({ eventId, code }) => `${eventId} ${code}`).sort();
    expect(codes(recordActivity.rejected))
      .toEqual(['y2 FORBIDDEN', 'y3 FORBIDDEN', 'y4 NOT_FOUND', 'y5 NOT_FOUND', 'y6 NOT_FOUND', 'y7 NOT_FOUND']);
    const words = (eventId: string) =>
      recordActivity.rejected.find((one: { eventId: string }) => one.eventId === eventId).message;
    expect(words('y4').replace(rival.nodeId('b1'), 'k0zzzzz')).toBe(words('y5'));

    const inBulk = [event('z1', 'b1', 'ann'), event('z2', 's1', 'ann'), event('z3', 'none', 'ann')];
    const { body } = await gateway.send(as('partner'), inBulk);
    expect([body.accepted, codes(body.rejected)]).toEqual([1, ['z2 FORBIDDEN', 'z3 NOT_FOUND']]);
    expect(await attempts()).toBe(before + 2);
  });
});
