import request from 'supertest';
import { mostMegabytes } from '../subgraphs/reporting/ingest/events-body';
import { writeCursor } from '../subgraphs/shared/paging';
import { march, startGuardedTenants, type GuardedTenants } from './guarded-tenants';

let world: GuardedTenants;
beforeAll(async () => {
  world = await startGuardedTenants();
});
afterAll(async () => {
  await world.gateway.close();
  expect(world.gateway.bugs).toEqual([]);
});

const period = `period: { from: "${march.from}", through: "${march.through}" }`;
const ask = (query: string, variables?: object) => world.gateway.ask(world.as('admin'), query, variables);
const asSuper = (query: string) => world.gateway.ask(world.superAdmin, query);

/** The first error of an answer, with its code before its words. */
async function refusal(answer: ReturnType<typeof ask>): Promise<string> {
  const { errors } = await answer;
  expect(errors.length).toBeGreaterThan(0);
  return `${errors[0]!.extensions?.code}: ${errors[0]!.message}`;
}

const report = (args: string) => `{ nodeReport(${args}) { node { performance { attempts } } } }`;
const wholePeriod = (from: string, through: string) => report(`period: { from: "${from}", through: "${through}" }`);

/** Each says what was expected, and what came. */
const refused: [what: string, query: string, words: RegExp][] = [
  [
    'a period that ends before it begins',
    wholePeriod('2026-03-02', '2026-03-01'),
    /on or after the day it begins.*2026-03-02.*2026-03-01/,
  ],
  ['a period over ten years', wholePeriod('2016-03-01', '2026-03-01'), /10 years at most.*2016-03-01 through 2026-03-01/],
  ['a day that is none', wholePeriod('yesterday', '2026-03-01'), /YYYY-MM-DD, not "yesterday"/],
  ['a day that the calendar lacks', wholePeriod('2026-02-30', '2026-03-01'), /YYYY-MM-DD, not "2026-02-30"/],
  ['a year that has no end here', wholePeriod('9999-01-01', '9999-12-31'), /YYYY-MM-DD, not "9999/],
  ['the year nought', wholePeriod('0000-01-01', '0000-12-31'), /YYYY-MM-DD, not "0000/],
  ['a moment for a day', wholePeriod('2026-02-01T00:00:00Z', '2026-03-01'), /2026-02-01T00:00:00Z/],
  ['a number for a day', `{ nodeReport(period: { from: 20260301, through: "2026-03-01" }) { node { node { id } } } }`, /Date.*YYYY-MM-DD/],
  ['no period', '{ nodeReport { node { node { id } } } }', /"period" of type "PeriodInput!" is required/],
  ['a page over a thousand', report(`${period}, first: 1001`), /between 0 and 1000, not 1001/],
  ['a page of less than nothing', report(`${period}, first: -1`), /between 0 and 1000, not -1/],
  ['a cursor that is none', report(`${period}, after: "next"`), /endCursor of an earlier page/],
  ['a measure that is none', report(`${period}, orderBy: { by: SIZE }`), /"SIZE" does not exist in "ReportMeasure"/],
  ['a hierarchy in which nothing is placed', report(`${period}, hierarchyId: "us"`), /'us'.*placed nothing/],
  [
    'an interval that is none',
    `{ hierarchyNode(id: "x") { performanceTrend(${period}, interval: HOUR) { attempts } } }`,
    /"HOUR" does not exist in "Interval"/,
  ],
  ['a field that is none', '{ nodes { id } }', /Cannot query field "nodes"/],
  ['what is no query', '{ nodeReport(', /Syntax Error/],
];

test.each(refused)('%s is refused in words', async (_, query, words) => {
  expect(await refusal(ask(query))).toMatch(new RegExp(`^BAD_USER_INPUT: .*${words.source}`, 's'));
});

test('a day that the calendar lacks is refused in a variable, too', async () => {
  const query = 'query ($period: PeriodInput!) { nodeReport(period: $period) { node { node { id } } } }';
  expect(await refusal(ask(query, { period: { from: '2026-02-30', through: '2026-03-01' } })))
    .toMatch(/^BAD_USER_INPUT: .*YYYY-MM-DD, not "2026-02-30"/);
});

test('what there is not is null where it may be, and NOT_FOUND where it may not', async () => {
  const { data, errors } = await ask(`{
    a: nodeReport(nodeId: "g0zzzzz", ${period}) { node { node { id } } } b: hierarchyNode(id: "nothing") { id }
    c: hierarchyNodeByExternalId(type: "school", externalId: "none") { id }
    d: hierarchyNodeByExternalId(type: "planet", externalId: "a") { id }
  }`);
  expect([data, errors]).toEqual([{ a: null, b: null, c: null, d: null }, []]);
  expect(await refusal(ask('{ hierarchy(id: "none") { id } }'))).toBe("NOT_FOUND: There is no hierarchy 'none'.");
  expect(await refusal(ask(report(`${period}, hierarchyId: "none"`)))).toBe("NOT_FOUND: There is no hierarchy 'none'.");
});

describe('cursors', () => {
  const contentOf = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString());
  const madeUp = (...content: unknown[]) => Buffer.from(JSON.stringify(content)).toString('base64url');
  const page = (args: string) =>
    `query ($after: String) { nodeReport(${args}, first: 1, after: $after) { children { pageInfo { endCursor } } } }`;
  const cursor = async (args: string): Promise<string> =>
    (await world.gateway.read(world.as('admin'), page(args))).nodeReport.children.pageInfo.endCursor;
  const own = () => `nodeId: "${world.acme.nodeId('land')}", ${period}`;

  test('belong to a list with the same arguments', async () => {
    const after = await cursor(own());
    for (const other of [
      `nodeId: "${world.acme.nodeId('north')}", ${period}`,
      `nodeId: "${world.acme.nodeId('land')}", period: { from: "2026-03-02", through: "2026-03-31" }`,
      `${own()}, orderBy: { by: NAME }`,
      `${own()}, filter: { subject: "Maths" }`,
      `${own()}, hierarchyId: "sap"`,
    ]) {
      expect(await refusal(ask(page(other), { after })))
        .toMatch(/^BAD_USER_INPUT: after belongs to a list with other arguments/);
    }
    const children = `query ($id: ID!, $after: String) { hierarchyNode(id: $id) { children(after: $after) { totalCount } } }`;
    expect(await refusal(ask(children, { id: world.acme.nodeId('land'), after })))
      .toMatch(/^BAD_USER_INPUT: after belongs/);
  });

  test.each([
    ['exports', ['exports'], [['x'], [1.5], [2 ** 40], [null], [1, 1]]],
    ['studentGroups', ['studentGroups', null], [[1, 1], ['a', 'b'], ['a\u0000b', 1], ['a', 2 ** 40], ['a']]],
    ['groups', undefined, [['a', 'b'], ['a\u0000b', 1], [7, 1], ['a', 2 ** 40], ['a']]],
    ['people', undefined, [['a', 'b'], ['a\u0000b', 1], [7, 1], ['a', 1.5], ['a', 1, 1]]],
  ])('of %s that somebody made up are refused', async (list, question, contents) => {
    const page = `query ($after: String) { ${list}(first: 1, after: $after) { pageInfo { endCursor } } }`;
    const fingerprint = contentOf(question ? writeCursor([], question) : (await world.gateway.read(world.as('admin'), page))[list].pageInfo.endCursor)[0];
    for (const keys of contents) {
      const after = madeUp(fingerprint, ...keys);
      expect([keys, await refusal(ask(page, { after }))]).toEqual([keys, expect.stringMatching(/^BAD_USER_INPUT: after must be/)]);
    }
  });

  test('that somebody made up are refused, whatever they hold', async () => {
    const children = `query ($id: ID!, $after: String) {
      hierarchyNode(id: $id) { children(first: 1, after: $after) { nodes { name } pageInfo { endCursor } } }
    }`;
    const id = world.acme.nodeId('land');
    const { hierarchyNode } = await world.gateway.read(world.as('admin'), children, { id });
    const [fingerprint, level, name, number] = contentOf(hierarchyNode.children.pageInfo.endCursor);
    for (const after of [
      madeUp(fingerprint), madeUp(fingerprint, 'x', name, number), madeUp(fingerprint, level, 7, number),
      madeUp(fingerprint, level, name, null), madeUp(fingerprint, level, name, 1.5), madeUp(fingerprint, 1e20, name, number),
      madeUp(fingerprint, level, name, 2 ** 40), madeUp(fingerprint, level, 'a\u0000b', number), madeUp(fingerprint, {}, [], number),
      madeUp({}), madeUp('x', level, name, number), '', 'ÿ', Buffer.from('{}').toString('base64url'),
    ]) {
      expect([after, await refusal(ask(children, { id, after }))])
        .toEqual([after, expect.stringMatching(/^BAD_USER_INPUT: after /)]);
    }
    const reportPage = await cursor(own());
    const [print] = contentOf(reportPage);
    for (const after of [madeUp(print), madeUp(print, 7), madeUp(print, {}, [], null), madeUp(print, null)]) {
      const { errors } = await ask(page(own()), { after });
      for (const { extensions } of errors) expect(extensions?.code).toBe('BAD_USER_INPUT');
    }
  });
});

test.each([
  ['a variable', '($nul: String!)', '$nul', { nul: 'a\u0000b' }],
  ['the query itself', '', '"a\\u0000b"', {}],
])('text that no database can keep is refused in words, in %s', async (_, declared, nul, variables) => {
  for (const field of [
    `hierarchyNodeByExternalId(type: "school", externalId: ${nul}) { id }`,
    report(`${period}, filter: { subject: ${nul} }`).slice(1, -1),
    `hierarchyNode(id: "x", hierarchyId: ${nul}) { id }`,
  ]) {
    const type = field.includes('hierarchyId') ? 'ID' : 'String';
    const { data, errors } = await ask(`query ${declared.replace('String', type)} { ${field} }`, variables);
    expect(data).toBeUndefined();
    expect(errors).toEqual([
      { message: 'A request must not contain a NUL character.', extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  }
  const group = `mutation ${declared} { createGroup(input: { type: school, name: ${nul} }) { id } }`;
  expect(await refusal(ask(group, variables))).toMatch(/^BAD_USER_INPUT: .*NUL/);
});

describe('placing', () => {
  const place = (child: string, parent: string, hierarchyId = 'india') =>
    refusal(ask('mutation ($h: ID!, $c: ID!, $p: ID) { place(hierarchyId: $h, childId: $c, parentId: $p) { id } }', {
      ...{ h: hierarchyId, c: world.acme.nodeId(child), p: world.acme.nodeId(parent) },
    }));

  test.each([
    ['a group under itself', 'north', 'north', /'north' cannot be placed under itself.*ring/],
    ['a group under what hangs below it', 'north', 'east', /'east' hangs below 'north'.*ring/],
    ['something under a class', 'e1', 'a1', /Nothing can be placed under a class; 'a1' is one/],
    ['a group under a class', 'b', 'a1', /Nothing can be placed under a class; 'a1' is one/],
    [
      ...(['a group under one that stands no higher', 'south', 'nowhere'] as const),
      /A parent must stand above its child: 'nowhere' is a district, 'south' a state; the order is country, state/,
    ],
  ])('%s is refused in words', async (_, child, parent, words) => {
    expect(await place(child, parent)).toMatch(new RegExp(`^BAD_USER_INPUT: ${words.source}`));
  });

  test('a group whose type is no level of the hierarchy, and what there is not, are refused', async () => {
    expect(await place('east', 'land', 'sap'))
      .toMatch(/^BAD_USER_INPUT: 'east' is of type district, which is no level of this hierarchy: country, school, class/);
    expect(await place('a', 'land', 'none')).toBe("NOT_FOUND: There is no hierarchy 'none'.");
    const nothing = 'mutation { place(hierarchyId: "india", childId: "k0zzzzz", parentId: null) { id } }';
    expect(await refusal(ask(nothing))).toBe("NOT_FOUND: There is no group or class 'k0zzzzz' to place.");
  });
});

test.each([
  ['an unknown type of level', '[{ name: "Town", type: town }]', /"town" does not exist in "GroupType"/],
  [
    'a type that is two levels',
    '[{ name: "A", type: school }, { name: "B", type: school }]',
    /Each type can be one level.*school was given twice/,
  ],
  ['the class, which is always there', '[{ name: "A", type: school }, { name: "B", type: class }]', /'class' is always the last/],
  ['no level', '[]', /at least one level/],
  ['a level without a name', '[{ name: " ", type: school }]', /needs a name/],
])('a hierarchy with %s is refused in words', async (_, levels, words) => {
  const answer = asSuper(`mutation { createHierarchy(input: { name: "New", levels: ${levels} }) { id } }`);
  expect(await refusal(answer)).toMatch(new RegExp(`^BAD_USER_INPUT: .*${words.source}`, 's'));
});

describe('activity', () => {
  const sound = { occurredAt: '2026-03-04T10:00:00Z', score: 50 };
  const wrong: [what: string, more: object, code: string, words: RegExp][] = [
    ['an unknown class', { classId: 'k0zzzzz' }, 'NOT_FOUND', /no class 'k0zzzzz'/],
    ['an unknown learner', { userId: 'p0zzzzz' }, 'NOT_FOUND', /no user 'p0zzzzz'/],
    ['a score of 101', { score: 101 }, 'BAD_USER_INPUT', /percent from 0 to 100, not 101/],
    ['a score below zero', { score: -0.5 }, 'BAD_USER_INPUT', /percent from 0 to 100, not -0.5/],
    ['more than a day of seconds', { secondsSpent: 86_401 }, 'BAD_USER_INPUT', /from 0 to 86400, not 86401/],
    ['a moment to come', { occurredAt: '2026-03-22T10:00:00Z' }, 'BAD_USER_INPUT', /not be more than a day in the future/],
    ['an unknown competency', { competency: 'M9', status: 'COMPLETED' }, 'NOT_FOUND', /no competency 'M9'/],
    ['a status of nothing', { status: 'COMPLETED' }, 'BAD_USER_INPUT', /status needs the competency/],
  ];
  const record = `mutation ($events: [ActivityEventInput!]!) {
    recordActivity(events: $events) { accepted duplicates rejected { eventId code message } }
  }`;
  const graph = (events: object[]) =>
    world.gateway.read(world.as('admin'), record, {
      events: events.map(event => ({ classId: world.acme.nodeId('a1'), userId: world.acme.personId('ann'), ...event })),
    }).then(data => data.recordActivity);
  const bulk = async (events: object[]) =>
    (await world.gateway.send(world.as('admin'), events.map(event => ({ classId: 'a1', userId: 'ann', ...event })))).body;

  describe.each([['recordActivity', graph], ['POST /events', bulk]])('through %s', (through, send) => {
    test('each bad event is told, and the good ones beside it are taken', async () => {
      const events = wrong.map(([, more], n) => ({ eventId: `${through} ${n}`, ...sound, ...more }));
      const receipt = await send([{ eventId: `${through} good`, ...sound }, ...events]);
      expect(receipt).toMatchObject({ accepted: 1, duplicates: 0 });
      const told = new Map<string, { code: string; message: string }>(receipt.rejected.map((one: { eventId: string }) =>
        [one.eventId, one]));
      for (const [n, [what, , code, words]] of wrong.entries()) {
        expect([what, told.get(`${through} ${n}`)])
          .toEqual([what, { eventId: `${through} ${n}`, code, message: expect.stringMatching(words) }]);
      }
    });

    test('the same event again counts once, and the same id with other contents is a CONFLICT', async () => {
      const event = { eventId: `${through} twice`, ...sound };
      expect(await send([event, event])).toMatchObject({ accepted: 1, duplicates: 1, rejected: [] });
      expect(await send([event])).toMatchObject({ accepted: 0, duplicates: 1, rejected: [] });
      const other = await send([{ ...event, score: 51 }]);
      expect(other)
        .toMatchObject({ accepted: 0, duplicates: 0, rejected: [{ eventId: event.eventId, code: 'CONFLICT' }] });
      expect(other.rejected[0].message).toMatch(/other contents/);
    });
  });

  test('what the graph itself can tell is refused before anything is taken', async () => {
    const event = { eventId: 'g', classId: 'x', userId: 'y', ...sound };
    const unreadable: [object, RegExp][] = [
      ...([[{ occurredAt: 'today' }, /today/], [{ score: 'ten' }, /ten/]] as [object, RegExp][]),
      ...([[{ kind: 'GAME' }, /GAME/], [{ color: 1 }, /color/]] as [object, RegExp][]),
    ];
    for (const [more, words] of unreadable) {
      expect(await refusal(ask(record, { events: [{ ...event, ...more }] })))
        .toMatch(new RegExp(`^BAD_USER_INPUT: .*${words.source}`, 's'));
    }
    const many = Array.from({ length: 1_001 }, (_, n) => ({ ...event, eventId: String(n) }));
    expect(await refusal(ask(record, { events: many }))).toMatch(/^TOO_LARGE: .*1000 events at most, not 1001/);
  });

  test('a body over the limit is refused with the limit', async () => {
    const big = await request(world.gateway.app)
      .post('/events')
      .set('authorization', `Bearer ${await world.gateway.service.token(world.as('admin'))}`)
      .set('content-type', 'application/x-ndjson')
      .send(' '.repeat(mostMegabytes * 1024 * 1024 + 1));
    expect([big.status, big.body.code]).toEqual([413, 'TOO_LARGE']);
    expect(big.body.detail).toContain(`${mostMegabytes} MB`);
    const long = await ask(`{ hierarchy(id: "${'x'.repeat(300_000)}") { id } }`);
    expect([long.status, long.errors[0]!.extensions?.code]).toEqual([413, 'TOO_LARGE']);
    expect(long.errors[0]!.message).toMatch(/256 KB at most/);
  });
});
