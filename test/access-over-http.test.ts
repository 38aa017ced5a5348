import { generateKeyPair, SignJWT } from 'jose';
import request from 'supertest';
import { attemptsOf, march, startGuardedTenants, type GuardedTenants } from './guarded-tenants';
import type { Asker } from './start-gateway';

let world: GuardedTenants;
beforeAll(async () => {
  world = await startGuardedTenants();
});
afterAll(async () => {
  await world.gateway.close();
  expect(world.gateway.bugs).toEqual([]);
});

const whole = '{ id name externalId classCount studentCount ancestors { name } children { totalCount nodes { name } } }';
const period = `{ from: "${march.from}", through: "${march.through}" }`;

const aNode = 'node: hierarchyNode(id: $id, hierarchyId: $view)';
const aReport = (order = '') => `node: nodeReport(nodeId: $id, hierarchyId: $view, period: ${period}${order})`;

/** Every way to ask for a node by its id; each field is called `node`. */
const waysById: [string, string][] = [
  ['hierarchyNode', `${aNode} ${whole}`],
  ['its figures', `${aNode} { performance(period: ${period}) { attempts } }`],
  ['its counts', `${aNode} { competencyCounts { completed notStarted } studentCount }`],
  ['its trend', `${aNode} { timeSpentTrend(period: ${period}, interval: DAY) { totalSeconds } }`],
  ['nodeReport', `${aReport()} { node { performance { attempts } } }`],
  ['nodeReport, its children only', `${aReport(', orderBy: { by: LEARNERS }')} { children { totalCount } }`],
  ['nodeReport, its remainder', `${aReport()} { reconciliation { attempts } }`],
];

/** What each person may not see through a hierarchy, though it stands there. */
const hidden: [person: string, view: string, names: string[]][] = [
  ['northerner', 'india', ['land', 'south', 'b', 'b1', 's1', 'closed', 'loose', 'adrift']],
  ['northerner', 'sap', ['land', 'a', 'b', 'b1', 'loose', 's1', 'closed', 'adrift']],
  ['partner', 'india', ['land', 'north', 'south', 'east', 'a', 'a1', 'e1', 's1', 'closed', 'loose', 'adrift']],
  ['partner', 'sap', ['land', 'a', 'a1', 'loose', 'e1', 's1', 'adrift']],
  ['teacher', 'india', ['land', 'north', 'east', 'a', 'a2', 'b', 'b1', 'closed', 'loose']],
  ['teacher', 'sap', ['a', 'a2', 'b1', 'loose', 'closed']],
  ['stranger', 'india', ['land', 'north', 'a1', 'loose']],
  ['learner', 'india', ['land', 'north', 'a1', 'loose']],
];

describe.each(hidden)('%s, through %s', (person, view, names) => {
  const ask = (query: string, id: string) =>
    world.gateway.ask(world.as(person), `query ($id: ID!, $view: ID) { ${query} }`, { id, view });

  test.each(waysById)('is refused what is not granted: %s', async (_, query) => {
    const ids = [...names.map(world.acme.nodeId), world.acme.id, world.acme.otherId];
    for (const id of ids) {
      const { data, errors, text } = await ask(query, id);
      expect([id, data, errors.map(({ extensions }) => extensions?.code)]).toEqual([id, { node: null }, ['FORBIDDEN']]);
      expect(text).not.toMatch(/south|land|loose|adrift|closed|acme/);
    }
  });

  test.each(waysById)("finds nothing of another tenant's, of another person's, or of nobody's: %s", async (_, query) => {
    const { rival, acme } = world;
    const others = [
      ...names.map(rival.nodeId),
      ...[rival.nodeId('north'), rival.id, rival.otherId, acme.scopeId('admin'), acme.personId('ann')],
    ];
    for (const id of [...others, 'g0zzzzz', 'k0zzzzz', 'x', "' or 1=1"]) {
      const { data, errors } = await ask(query, id);
      const refused = person === 'learner' ? ['FORBIDDEN'] : [];
      expect([id, data, errors.map(({ extensions }) => extensions?.code)]).toEqual([id, { node: null }, refused]);
    }
  });

  test('is refused it by the customer\'s identifier, too', async () => {
    const types: Record<string, string> = {
      ...{ land: 'country', north: 'state', south: 'state', east: 'district', a: 'school', b: 'school' },
    };
    for (const name of names) {
      const { data, errors } = await world.gateway.ask(
        world.as(person),
        `query ($type: String!, $name: String!, $view: ID) {
           node: hierarchyNodeByExternalId(type: $type, externalId: $name, hierarchyId: $view) ${whole}
         }`,
        { type: types[name] ?? 'class', name, view },
      );
      expect([name, data, errors[0]?.extensions?.code]).toEqual([name, { node: null }, 'FORBIDDEN']);
    }
  });
});

/** The nodes where each person's view begins, and the attempts it has in all, uncategorised ones too. */
const views: [person: string, view: string, roots: string[], attempts: number][] = [
  ['admin', 'india', ['land'], 255],
  ['northerner', 'india', ['north'], 7],
  ['northerner', 'sap', ['a1', 'a2'], 7],
  ['partner', 'india', ['b'], 8],
  ['partner', 'sap', ['b'], 8],
  ['teacher', 'india', ['a1'], 1],
  ['teacher', 'sap', ['a1'], 1],
];

test.each(views)('the view of %s through %s begins at %s and has %i attempts', async (person, view, roots, attempts) => {
  const data = await world.gateway.read(
    world.as(person),
    `query ($view: ID, $period: PeriodInput!) {
       viewer { roots(hierarchyId: $view) { name parent { name } ancestors { name } } }
       hierarchy(id: $view) { roots { name } other { performance(period: $period) { attempts } } }
       nodeReport(hierarchyId: $view, period: $period, orderBy: { by: ATTEMPTS, direction: ASC }) {
         node { node { parent { name } } performance { attempts } }
         children { totalCount nodes { node { name } performance { attempts } } }
         other { performance { attempts } }
         reconciliation { attempts scoreSum totalSeconds }
       }
     }`,
    { view, period: march },
  );
  expect(data.viewer.roots).toEqual(roots.map(name => ({ name, parent: null, ancestors: [] })));
  expect(data.hierarchy.roots.map((node: { name: string }) => node.name)).toEqual(roots);
  const { node, children, other, reconciliation } = data.nodeReport;
  expect(node).toEqual({ node: { parent: null }, performance: { attempts } });
  expect(children.totalCount).toBe(roots.length);
  expect(children.nodes.map((row: { node: { name: string } }) => row.node.name)).toEqual(roots);
  expect(reconciliation).toEqual({ attempts: 0, scoreSum: 0, totalSeconds: 0 });
  expect(data.hierarchy.other?.performance.attempts ?? 0).toBe(other?.performance.attempts ?? 0);
});

test('above the edge of a view there is nothing, and below it everything', async () => {
  const { gateway, acme, as } = world;
  const query = `query ($id: ID!) { hierarchyNode(id: $id) {
    parent { name } ancestors { name } children { totalCount nodes { name performance(period: ${period}) { attempts } } }
  } }`;
  const { hierarchyNode: a } = await gateway.read(as('northerner'), query, { id: acme.nodeId('a') });
  expect(a.ancestors).toEqual([{ name: 'north' }, { name: 'east' }]);
  expect(a.parent).toEqual({ name: 'east' });
  expect(a.children.nodes).toEqual(['a1', 'a2'].map(name => ({ name, performance: { attempts: attemptsOf[name] } })));
  const { hierarchyNode: ofTeacher } = await gateway.read(as('teacher'), query, { id: acme.nodeId('a1') });
  expect(ofTeacher).toEqual({ parent: null, ancestors: [], children: { totalCount: 0, nodes: [] } });
});

test('aliases ask side by side, and each is refused or answered by itself', async () => {
  const { gateway, acme, as } = world;
  const names = ['north', 'south', 'a1', 'b1', 'land', 'e1'];
  const { data, errors } = await gateway.ask(
    as('northerner'),
    `{ ${names.map((name, n) => `n${n}: hierarchyNode(id: "${acme.nodeId(name)}") { name classCount studentCount }`).join(' ')} }`,
  );
  expect(Object.values(data).map(node => (node as { name: string } | null)?.name ?? null))
    .toEqual(['north', null, 'a1', null, null, 'e1']);
  expect(errors.map(({ path, extensions }) => [path, extensions?.code]))
    .toEqual([1, 3, 4].map(n => [[`n${n}`], 'FORBIDDEN']));
});

test('a page that somebody else began continues with what the reader may see, and no more', async () => {
  const { gateway, acme, as } = world;
  const id = acme.nodeId('land');
  const pages = `query ($id: ID!, $after: String) {
    hierarchyNode(id: $id) { children(first: 1, after: $after) { nodes { name } pageInfo { endCursor } } }
  }`;
  const { hierarchyNode: land } = await gateway.read(as('admin'), pages, { id });
  const after = land.children.pageInfo.endCursor;
  const codes = await gateway.codes(as('northerner'), pages, { id, after });
  expect(codes).toEqual(['FORBIDDEN']);
  const own = `query ($after: String) {
    nodeReport(period: ${period}, first: 1, after: $after) { children { nodes { node { name } } pageInfo { endCursor } } }
  }`;
  const { nodeReport } = await gateway.read(as('admin'), own);
  expect(await gateway.codes(as('northerner'), own, { after: nodeReport.children.pageInfo.endCursor }))
    .toEqual(['BAD_USER_INPUT']);
});

describe('who somebody is', () => {
  const reads = (who: Asker) =>
    world.gateway.codes(who, `{ nodeReport(period: ${period}) { node { performance { attempts } } } }`);

  test('a role counts when both the token and the person\'s row carry it', async () => {
    const { as, gateway } = world;
    expect(await reads({ ...as('stranger'), roles: ['ORG_ADMIN'] })).toEqual(['FORBIDDEN']);
    expect(await reads({ ...as('stranger'), roles: ['SUPER_ADMIN', 'OFFICER'] })).toEqual(['FORBIDDEN']);
    expect(await reads({ ...as('admin'), roles: [] })).toEqual(['FORBIDDEN']);
    expect(await reads({ ...as('admin'), roles: ['TEACHER'] })).toEqual(['FORBIDDEN']);
    const { viewer } = await gateway.read({ ...as('admin'), roles: ['ORG_ADMIN', 'PARTNER'] }, '{ viewer { roles } }');
    expect(viewer.roles).toEqual(['ORG_ADMIN']);
  });

  test('nobody is known in a tenant that is not theirs, and who was deleted in none', async () => {
    const { as, rival } = world;
    expect(await reads({ ...as('teacher'), tenant: rival.id })).not.toEqual([]);
    for (const who of [as('gone'), { ...as('admin'), tenant: 'nowhere' }, { ...as('admin'), subject: 'nobody' }]) {
      expect(await reads(who)).toEqual(['UNAUTHENTICATED']);
    }
  });

  test('a token that this service\'s key did not sign, or that is changed, old or for others, opens nothing', async () => {
    const { gateway, as } = world;
    const good = await gateway.service.token(as('admin'));
    const [header, payload, signature] = good.split('.') as [string, string, string];
    const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const decoded = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString());
    const claims = decoded(payload);
    const { privateKey } = await generateKeyPair('EdDSA');
    const forged = [
      `${encoded({ alg: 'none' })}.${payload}.`, `${encoded({ alg: 'HS256' })}.${payload}.${signature}`,
      `${header}.${encoded({ ...claims, sub: 'partner' })}.${signature}`, `${header}.${payload}.${signature.slice(0, -4)}AAAA`,
      await new SignJWT(claims).setProtectedHeader(decoded(header)).sign(privateKey), 'x.y.z', '', good.slice(0, -1),
    ];
    for (const token of forged) {
      for (const [method, route] of [['post', '/graphql'], ['get', '/graphql'], ['post', '/events']] as const) {
        const { status, body } = await request(gateway.app)[method](route).set('authorization', `Bearer ${token}`).send();
        expect([token, route, status, body.code ?? body.errors[0].extensions.code])
          .toEqual([token, route, 401, 'UNAUTHENTICATED']);
      }
    }
    expect((await request(gateway.app).post('/graphql').send({ query: '{ viewer { login } }' })).status).toBe(401);
  });

  test('a selected hierarchy changes how a partner looks, not what it sees', async () => {
    const { as, gateway } = world;
    const selected = { ...as('partner'), hierarchy: 'sap' };
    const report = `{ nodeReport(period: ${period}) { node { node { hierarchyId } performance { attempts } } } }`;
    const { nodeReport } = await gateway.read(selected, report);
    expect(nodeReport.node).toEqual({ node: { hierarchyId: 'sap' }, performance: { attempts: 8 } });
    expect(await reads({ ...selected, hierarchy: 'us' })).toEqual(['BAD_USER_INPUT']);
    expect(await reads({ ...selected, hierarchy: 'none' })).toEqual(['NOT_FOUND']);
  });
});

describe('acting in another tenant', () => {
  const who = '{ viewer { tenant { name } } }';

  test('is for super admins alone', async () => {
    const { gateway, as, rival, acme } = world;
    for (const person of ['admin', 'northerner', 'partner', 'teacher', 'learner']) {
      for (const actingTenant of ['rival', rival.id, 'acme', acme.id, 'nowhere']) {
        const { data, errors } = await gateway.ask({ ...as(person), actingTenant }, who);
        expect([person, actingTenant, data.viewer, errors[0]?.extensions?.code])
          .toEqual([person, actingTenant, null, 'FORBIDDEN']);
      }
      expect(await gateway.codes(as(person), '{ tenants { name } }')).toEqual(['FORBIDDEN']);
      const { status } = await gateway.send({ ...as(person), actingTenant: 'rival' }, []);
      expect(status).toBe(403);
    }
  });

  test('shows a super admin one tenant a request', async () => {
    const { gateway, superAdmin, acme, rival } = world;
    const { tenants } = await gateway.read(superAdmin, '{ tenants { id name } }');
    expect(tenants.map((tenant: { name: string }) => tenant.name)).toEqual(['Acme', 'Platform', 'Rival']);
    const both = [['acme', 'Acme', acme, rival], [rival.id, 'Rival', rival, acme]] as const;
    for (const [actingTenant, name, mine, theirs] of both) {
      const acting = { ...superAdmin, actingTenant };
      expect((await gateway.read(acting, who)).viewer.tenant.name).toBe(name);
      const ask = `query ($id: ID!) { nodeReport(nodeId: $id, period: ${period}) { node { performance { attempts } } } }`;
      expect((await gateway.read(acting, ask, { id: mine.nodeId('land') })).nodeReport.node.performance.attempts)
        .toBe(63);
      expect((await gateway.read(acting, ask, { id: theirs.nodeId('land') })).nodeReport).toBeNull();
    }
    expect(await gateway.codes({ ...superAdmin, actingTenant: 'nowhere' }, who)).toEqual(['NOT_FOUND']);
  });
});
