import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectRoot } from '../subgraphs/shared/project-root';
import { createTestDatabase, type TestDatabase } from './database';
import { connectOwner, createTenant, type KnownTenant } from './fixture';
import { freeSubgraphUrls } from './free-port';
import { startStrata, strata, type Started } from './strata-command';
import { receiveTraces, type ReceivedSpan, type TraceReceiver } from './trace-receiver';

/** Names that stand nowhere but in the data and in what is sent: whatever else tells them has told of a person. */
const people = {
  head: 'zebulonquist@secret.example',
  teacher: 'O\'Brannigan-Wyrm',
  learner: 'Þórdísbøgh',
  nobody: 'unheardofperson',
};
const secrets = ['zebulonquist', 'Brannigan', 'rdísb', 'unheardofperson', 'Group of Ximena'];

let database: TestDatabase;
let tenant: KnownTenant;
let folder: string;
let token: string;
let learnersToken: string;
let settings: Record<string, string>;
let traces: TraceReceiver;

beforeAll(async () => {
  database = await createTestDatabase();
  const owner = await connectOwner(database.url);
  tenant = await createTenant(owner, {
    key: 'acme',
    groups: { land: 'country', north: 'state', south: 'state', a: 'school' },
    classes: { a1: { grade: '5' }, a2: {}, s1: {} },
    placements: { india: { land: null, north: 'land', south: 'land', a: 'north', a1: 'a', a2: 'a', s1: 'south' } },
    people: { [people.head]: ['ORG_ADMIN'], [people.teacher]: ['TEACHER'], [people.learner]: ['LEARNER'] },
    enrolments: [
      { class: 'a1', person: people.teacher, type: 'TEACHER' },
      { class: 'a1', person: people.learner },
    ],
  });
  await owner.close();
  folder = mkdtempSync(path.join(os.tmpdir(), 'strata-told-'));
  traces = await receiveTraces();
  settings = {
    ...{ ...database.settings, STRATA_DATA_DIR: folder, STRATA_DEMO: '0', PORT: '0', STRATA_LIMIT_REQUESTS: '0' },
    ...{ OTEL_EXPORTER_OTLP_ENDPOINT: traces.url, OTEL_BSP_SCHEDULE_DELAY: '100' },
    ...(await freeSubgraphUrls()),
  };
  const tokenOf = async (login: string) => (await strata(['token', login], settings)).stdout.trim();
  [token, learnersToken] = [await tokenOf(people.head), await tokenOf(people.learner)];
});
afterAll(async () => {
  await traces.close();
  await database.drop();
  rmSync(folder, { recursive: true });
});

type Line = Record<string, unknown> & { requestId: string; service: string };

const linesOf = (started: Started): Line[] =>
  started.output().split('\n').filter(line => line.startsWith('{')).map(line => JSON.parse(line) as Line);

const report = `query Overview($id: ID!) {
  hierarchyNode(id: $id) {
    name studentCount classCount performance(period: { from: "2026-03-01", through: "2026-03-31" }) { attempts averageScore }
    children(first: 5) { nodes { name studentCount performance(period: { from: "2026-03-01", through: "2026-03-31" }) { attempts } } }
  }
}`;

describe.each(['one-process', 'services'])('%s', topology => {
  let started: Started;
  let reporting: string;
  beforeAll(async () => {
    traces.spans.length = 0;
    started = await startStrata(['start', '--topology', topology], settings);
    reporting = topology === 'services' ? new URL('/metrics', settings.STRATA_SUBGRAPH_REPORTING_URL).href : `${started.url}/metrics`;
  }, 120_000);
  afterAll(async () => {
    started.process.kill('SIGTERM');
    expect(await started.ended).toBe(0);
  });

  interface Asked {
    body?: unknown;
    method?: string;
    headers?: Record<string, string>;
  }
  const send = async (route: string, { body, method = body === undefined ? 'GET' : 'POST', headers = {} }: Asked = {}) => {
    const response = await fetch(`${started.url}${route}`, {
      method,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: response.status, id: response.headers.get('x-request-id')!, text: await response.text() };
  };
  const ask = (query: string, variables: object = {}, headers: Record<string, string> = {}) =>
    send('/graphql', { body: { query, variables }, headers });
  /** The lines of one request, once the gateway's is there: it is written when the answer is. */
  const linesAbout = async (id: string, route?: string): Promise<Line[]> => {
    for (let wait = 0; wait < 200; wait++) {
      const lines = linesOf(started).filter(line => line.requestId === id);
      if (lines.some(line => line.service === 'gateway' && (!route || line.route === route))) return lines;
      await sleep(20);
    }
    throw new Error(`no line of ${id}`);
  };
  const figures = async (url = `${started.url}/metrics`): Promise<Map<string, number>> => {
    const text = await (await fetch(url)).text();
    return new Map(text.split('\n').filter(line => /^\w/.test(line)).map(line => [line.replace(/ \S+$/, ''), Number(line.split(' ').at(-1))]));
  };

  test('a request has one line in each service that worked on it, all with the id that came back', async () => {
    const { id, status } = await ask(report, { id: tenant.nodeId('land') });
    expect(status).toBe(200);
    const lines = await linesAbout(id);
    const [line] = lines.filter(one => one.service === 'gateway');
    expect(line).toMatchObject({
      ...{ level: 30, msg: 'request', route: '/graphql', method: 'POST', status: 200, tenant: 'acme', answered: 'plan' },
      ...{ operation: 'query', operationName: 'Overview', query: expect.stringMatching(/^[0-9a-f]{16}$/), rows: 5 },
      ...{ ms: expect.any(Number), traceId: expect.stringMatching(/^[0-9a-f]{32}$/) },
    });
    expect(line).not.toHaveProperty('codes');
    const services = [...new Set(lines.map(({ service }) => service))].sort();
    const expected = topology === 'services' ? ['gateway', 'hierarchy', 'reporting', 'roster'] : ['gateway'];
    expect(services).toEqual(expected);
    for (const other of lines) expect([other.tenant, other.traceId]).toEqual(['acme', line!.traceId]);
  });

  test('an id that a caller brings is taken over where it can be nothing but a number, and stands in what goes wrong', async () => {
    const own = randomUUID();
    expect((await ask('{ viewer { id } }', {}, { 'x-request-id': own })).id).toBe(own);
    expect(await linesAbout(own)).toContainEqual(expect.objectContaining({ service: 'gateway', status: 200 }));
    const { id } = await ask('{ viewer { id } }', {}, { 'x-request-id': people.nobody });
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    const refused = await send('/imports/999999', { headers: { 'x-request-id': own } });
    expect([refused.status, JSON.parse(refused.text)]).toEqual([404, expect.objectContaining({ requestId: own, code: 'NOT_FOUND' })]);
    expect(await linesAbout(own, 'GET /imports/:id')).toContainEqual(
      expect.objectContaining({ service: 'gateway', route: 'GET /imports/:id', status: 404, codes: ['NOT_FOUND'] }),
    );
  });

  test('what went wrong is told by its codes', async () => {
    const refused = await ask('{ auditLog(first: 1) { nodes { id } } }', {}, { authorization: `Bearer ${learnersToken}` });
    const [line] = (await linesAbout(refused.id)).filter(one => one.service === 'gateway');
    expect(line).toMatchObject({ status: 200, codes: ['FORBIDDEN'] });
    const unknown = await ask(`{ ${'noSuchField'} }`);
    const [bad] = (await linesAbout(unknown.id)).filter(one => one.service === 'gateway');
    expect(bad).toMatchObject({ status: 400, codes: ['BAD_USER_INPUT'] });
    const stranger = await ask('{ viewer { id } }', {}, { authorization: 'Bearer nonsense' });
    const [nobody] = (await linesAbout(stranger.id)).filter(one => one.service === 'gateway');
    expect(nobody).toMatchObject({ status: 401, codes: ['UNAUTHENTICATED'] });
    expect(nobody).not.toHaveProperty('tenant');
  });

  test('three requests are three more in the figures, with their outcome', async () => {
    const before = await figures();
    const after = async (name: string) => ((await figures()).get(name) ?? 0) - (before.get(name) ?? 0);
    for (let n = 0; n < 3; n++) await linesAbout((await ask(`query Three${n} { viewer { id } }`)).id);
    await linesAbout((await ask('{ auditLog(first: 1) { nodes { id } } }', {}, { authorization: `Bearer ${learnersToken}` })).id);
    await linesAbout((await send('/imports/999999')).id);
    await linesAbout((await send('/nowhere/at/all')).id);
    expect(await after('strata_requests_total{route="/graphql",operation="query",code="OK"}')).toBe(3);
    expect(await after('strata_requests_total{route="/graphql",operation="query",code="FORBIDDEN"}')).toBe(1);
    expect(await after('strata_requests_total{route="GET /imports/:id",operation="none",code="NOT_FOUND"}')).toBe(1);
    expect(await after('strata_requests_total{route="none",operation="none",code="NOT_FOUND"}')).toBe(1);
    expect(await after('strata_request_seconds_count{route="/graphql",operation="query"}')).toBe(4);
    expect(await after('strata_query_plans_total{outcome="miss"}')).toBe(3); // the refused one was planned before
    expect(await after('strata_turn_wait_seconds_count')).toBe(4);
  });

  test('the process with the owner\'s login tells of the database and of what waits in it', async () => {
    const found = await figures(reporting);
    const value = (name: string) => found.get(name);
    expect(value('strata_database_up')).toBe(1);
    expect(value('strata_database_connections')).toBeGreaterThan(0);
    expect(value('strata_table_bytes{table="people"}')).toBeGreaterThan(0);
    expect(value('strata_table_bytes{table="activity_events"}')).toBeGreaterThan(0); // its partitions', it has none itself
    expect(value('strata_index_bytes{table="class_days"}')).toBeGreaterThan(0);
    expect(value('strata_partitions_ahead{table="activity_events"}')).toBe(14);
    expect(value('strata_partitions_ahead{table="audit_log"}')).toBe(3);
    expect(value('strata_queue_waiting{queue="student_group_files"}')).toBe(0);
    expect(value('strata_queue_waiting{queue="report_files"}')).toBe(0);
    expect(value('strata_stored_trees_behind')).toBe(0);
    expect(value('strata_pool_limit{pool="reporting"}')).toBe(12);
    expect([...found.keys()].filter(name => name.includes('acme'))).toEqual([]);
  });

  test('the alerting rules and docs/operating.md name the figures that there are', async () => {
    const urls = topology === 'services'
      ? [started.url, ...Object.entries(settings).filter(([name]) => name.startsWith('STRATA_SUBGRAPH_')).map(([, url]) => new URL(url).origin)]
      : [started.url];
    const texts = await Promise.all(urls.map(async url => (await fetch(`${url}/metrics`)).text()));
    const there = new Set(texts.flatMap(text => [...text.matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name!)));
    // Where there is a replica: see replica-figures.test.ts.
    for (const name of ['strata_replica_lag_bytes', 'strata_replica_lag_seconds']) there.add(name);
    const read = (file: string) => readFileSync(path.join(projectRoot, file), 'utf8');
    const namedIn = (text: string, pattern: RegExp) => [...new Set([...text.matchAll(pattern)].map(([name]) => name.replace(/_bucket$/, '')))].sort();
    const ours = [...there].filter(name => name.startsWith('strata_')).sort();
    const [rules, manual] = [read('monitoring/alerts.yml'), read('docs/operating.md')];
    expect(namedIn(manual.slice(manual.indexOf('## What to watch')), /\bstrata_[a-z_]+[a-z]\b/g).filter(name => !/strata_(owner|app|service)$/.test(name))).toEqual(ours);
    const watched = namedIn(rules, /\b(strata|process|nodejs)_[a-z0-9_]+\b/g);
    expect(watched.filter(name => !there.has(name))).toEqual([]);
    const alerts = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, name]) => name);
    expect(alerts(manual, /^\| `(Strata\w+)` \|/gm)).toEqual(alerts(rules, /- alert: (\w+)/g));
  });

  test('one trace goes from the gateway through subgraph, loader and transaction to the statement', async () => {
    await ask(`query Traced { hierarchyNode(id: "${tenant.nodeId('north')}") { name children(first: 9) { nodes { name studentCount } } } }`);
    const named = (spans: ReceivedSpan[], name: string) => spans.find(span => span.name === name);
    const wanted = ['POST', 'fetch roster', 'execute roster', 'load studentCounts', 'transaction read'];
    const spans = await traces.traceWith(all =>
      all.some(span => span.attributes['graphql.operation.name'] === 'Traced') && wanted.every(name => named(all, name)) &&
      ['load studentCounts', 'execute roster'].every(name => within(all, 'POST').has(named(all, name)!.spanId)));
    const inside = within(spans, 'load studentCounts');
    const statement = spans.find(span => inside.has(span.spanId) && 'db.query.text' in span.attributes);
    expect(statement?.attributes['db.query.text']).toMatch(/\$1/);
    expect(named(spans, 'load studentCounts')!.attributes).toMatchObject({ 'strata.loader': 'studentCounts', 'strata.batch_size': 1 });
    const services = [...new Set(spans.map(({ service }) => service))].sort();
    expect(services).toEqual(topology === 'services' ? ['strata-gateway', 'strata-hierarchy', 'strata-roster'] : ['strata']);
    expect(spans.filter(span => span.name === 'POST')[0]!.attributes).toMatchObject({ 'http.route': '/graphql', 'strata.tenant': 'acme' });
  });

  test('activity is folded in a trace of its own', async () => {
    const event = { eventId: `folded ${topology}`, classId: 'a1', userId: people.learner, occurredAt: '2026-03-02T10:00:00Z', score: 50 };
    expect((await send('/events', { body: [event] })).status).toBe(202);
    const spans = await traces.traceWith(all => all.some(({ name }) => name === 'fold') && all.length > 1);
    const fold = spans.find(({ name }) => name === 'fold')!;
    expect(fold.parentSpanId ?? '').toBe('');
    expect(spans.some(({ parentSpanId, name }) => parentSpanId === fold.spanId && name === 'transaction write')).toBe(true);
  });

  test('a report file is made in a trace of its own', async () => {
    const input = '{ format: CSV, period: { from: "2026-03-01", through: "2026-03-31" } }';
    await ask(`mutation { requestExport(input: ${input}) { id } }`);
    const spans = await traces.traceWith(all => all.some(({ name }) => name === 'report file'));
    const file = spans.find(({ name }) => name === 'report file')!;
    expect(file.parentSpanId ?? '').toBe('');
    expect(spans.some(({ parentSpanId, name }) => parentSpanId === file.spanId && name === 'transaction write')).toBe(true);
  });

  test('nothing that is told names a person, whatever was sent and whatever went wrong', async () => {
    const id = tenant.personId(people.learner);
    const before = linesOf(started).length;
    await ask('query ($login: String!) { people(search: $login, first: 5) { nodes { id login } } }', { login: people.teacher });
    await ask(`{ people(search: "${people.nobody}", first: 5) { nodes { id login } } }`);
    await ask('query ($id: ID!) { student(id: $id) { id } }', { id: people.nobody });
    await ask(`{ student(id: "${id}") { id noSuchField(name: "${people.nobody}") } }`);
    await ask('query ($p: PeriodInput!) { nodeReport(period: $p) { asOf } }', { p: { from: people.nobody, through: '2026-03-31' } });
    await ask(`mutation { createGroup(input: { type: "school", name: "Group of Ximena", externalId: "${people.nobody}" }) { id } }`);
    await ask(`{ ${people.nobody}: viewer { login } }`, {}, { 'strata-tenant': people.nobody, 'user-agent': people.nobody });
    await ask('{ viewer { login } }', { [people.nobody]: people.nobody });
    await send(`/graphql?query=${encodeURIComponent(`{ student(id: "${people.nobody}") { id } }`)}`);
    await send(`/graphql`, { body: `{"query": "{ viewer { login } }", ${people.nobody}` });
    await send(`/hierarchy/users/${encodeURIComponent(people.learner)}/membership`);
    await send(`/hierarchy/users/${people.nobody}/membership?name=${people.nobody}`);
    await send(`/${people.nobody}/${encodeURIComponent(people.teacher)}?login=${people.nobody}`);
    await send('/events', { body: [{ eventId: people.nobody, classId: 'a1', userId: people.learner, occurredAt: people.nobody, score: 5 }] });
    await send('/events', { body: [{ eventId: `${people.nobody}\0`, classId: 'a1', userId: people.teacher, occurredAt: '2026-03-02T10:00:00Z', score: 50 }] });
    const header = 'group_name,school_natural_id,school_year,subject_code,student_ssid,group_user_login';
    const csv = `${header}\nGroup of Ximena,a,2026,All,,\nGroup of Ximena,a,2026,,${people.learner},\nGroup of Ximena,a,2026,,,${people.teacher}\n`;
    await send('/groups/imports', { body: csv, headers: { 'content-type': 'text/csv' } });
    const last = await send('/oauth/token', {
      body: `grant_type=password&username=${people.nobody}&password=${people.nobody}&client_id=${people.nobody}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    await linesAbout(last.id);
    await sleep(500); // the last spans are sent every tenth of a second
    const told = started.output();
    expect(told).not.toContain('Deprecat'); // pg warns where a connection is sent several statements at once
    expect(linesOf(started).length).toBeGreaterThan(before + 15);
    const everything = { log: told, traces: traces.text(), figures: await (await fetch(`${started.url}/metrics`)).text() };
    for (const [where, text] of Object.entries(everything)) {
      for (const secret of secrets) expect([where, secret, text.includes(secret)]).toEqual([where, secret, false]);
    }
  });
});

/** The spans at any depth below the one with a name. */
function within(spans: ReceivedSpan[], name: string): Set<string> {
  const inside = new Set(spans.filter(span => span.name === name).map(({ spanId }) => spanId));
  for (let before = -1; before !== inside.size; ) {
    before = inside.size;
    for (const { spanId, parentSpanId } of spans) if (parentSpanId && inside.has(parentSpanId)) inside.add(spanId);
  }
  return inside;
}
