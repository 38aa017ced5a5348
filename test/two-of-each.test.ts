import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../cli/generate/random';
import { createTestDatabase, type TestDatabase } from './database';
import { connectOwner, createTenant, type KnownTenant } from './fixture';
import { file } from './group-files';
import { eventsOf, restlessTenant, type SentEvent } from './restless-tenant';
import { BesideEachOther, figureOf, type Set } from './two-of-each';

let database: TestDatabase;
let beside: BesideEachOther;
let acme: KnownTenant;
let token: string;
let first: Set;
let second: Set;
beforeAll(async () => {
  database = await createTestDatabase();
  const owner = await connectOwner(database.url);
  const tenant = restlessTenant('acme');
  acme = await createTenant(owner, tenant);
  await owner.close();
  beside = new BesideEachOther(database);
  first = await beside.start();
  second = await beside.start();
  token = await beside.token('admin');
}, 240_000);
afterAll(async () => {
  await beside?.close();
  await database.drop();
}, 60_000);

const headers = () => ({ authorization: `Bearer ${token}`, 'content-type': 'application/json' });

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each test reads what it asked for
async function ask({ url }: Set, query: string, variables: object = {}): Promise<any> {
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers: headers(), body: JSON.stringify({ query, variables }) });
  const { data, errors } = (await response.json()) as { data: unknown; errors?: object[] };
  if (errors) throw new Error(`${query}\n${JSON.stringify(errors)}`);
  return data;
}

/** Every event that anybody began to send. */
const begun = new Map<string, SentEvent>();
let accepted = 0;
let next = 0;

/** Some events, half of them new: what one of them stored is a duplicate for the other. */
async function send({ url }: Set, random: Random): Promise<void> {
  const fresh = eventsOf(next, 20);
  const events = [...fresh, ...eventsOf(Math.max(0, next - 1 - random.below(40)), 10)];
  next += 20;
  for (const event of events) begun.set(event.eventId, event);
  const response = await fetch(`${url}/events`, { method: 'POST', headers: headers(), body: JSON.stringify(events) });
  const receipt = (await response.json()) as { accepted: number; duplicates: number; rejected: unknown[] };
  expect([response.status, receipt.rejected]).toEqual([202, []]);
  expect(receipt.accepted + receipt.duplicates).toBe(events.length);
  accepted += receipt.accepted;
}

const place = 'mutation ($h: ID!, $c: ID!, $p: ID) { place(hierarchyId: $h, childId: $c, parentId: $p) { id } }';
const nodes = () => [...acme.groups.keys(), ...acme.classes.keys()].map(name => acme.nodeId(name));

/** Moves something; what would make no tree is refused. */
async function move(set: Set, random: Random): Promise<void> {
  const pick = (names: string[]): string => acme.nodeId(names[random.below(names.length)]!);
  const child = random.below(2) ? pick([...acme.classes.keys()]) : pick([...acme.groups.keys()]);
  const parent = random.below(6) ? pick([...acme.groups.keys()]) : null;
  await ask(set, place, { h: random.below(2) ? 'india' : 'us', c: child, p: parent }).catch((error: Error) => {
    if (!/BAD_USER_INPUT|CONFLICT/.test(error.message)) throw error;
  });
}

const period = 'period: { from: "2026-01-01", through: "2026-12-31" }';
const figures = 'performance { attempts averageScore distinctLearners: learners } timeSpent { totalSeconds }';
const questions = (): [query: string, variables: object][] => [
  ...['india', 'us'].flatMap(hierarchyId =>
    nodes().map((nodeId): [string, object] => [
      `query ($nodeId: ID!, $hierarchyId: ID!) { nodeReport(nodeId: $nodeId, hierarchyId: $hierarchyId, ${period}) {
        node { node { id name classCount } ${figures} } children { nodes { node { id name classCount } ${figures} } }
        other { node { id classCount } ${figures} } reconciliation { attempts scoreSum totalSeconds } } }`,
      { nodeId, hierarchyId },
    ]),
  ),
  [`{ nodeReport(${period}) { node { ${figures} } reconciliation { attempts scoreSum totalSeconds } } }`, {}],
  ['{ people(first: 100) { nodes { id login } } studentGroups(first: 100) { nodes { id name } totalCount } }', {}],
  [`query ($id: ID!) { class(id: $id) { id name active enrolments(first: 100) { totalCount nodes { student: __typename } } } }`, { id: acme.nodeId('class0') }],
];

/** Whatever is asked, both say the same. */
async function expectSameAnswers(): Promise<void> {
  const asked = questions();
  const some = async (): Promise<void> => {
    for (let next = asked.pop(); next; next = asked.pop()) {
      const [query, variables] = next;
      const [one, other] = await Promise.all([ask(first, query, variables), ask(second, query, variables)]);
      expect(one).toEqual(other);
      if (one.nodeReport) expect(one.nodeReport.reconciliation).toEqual({ attempts: 0, scoreSum: 0, totalSeconds: 0 });
    }
  };
  await Promise.all([some(), some(), some(), some()]);
}

/** The tenant's figures are those of every event once, counted by hand. */
async function expectEachEventOnce(set: Set): Promise<void> {
  const events = [...begun.values()];
  const scored = events.filter(({ score }) => score !== null);
  const { nodeReport } = await ask(set, `{ nodeReport(${period}) { node { ${figures} } } }`);
  const { performance, timeSpent } = nodeReport.node;
  expect(performance.attempts).toBe(scored.length);
  const sum = scored.reduce((total, { score }) => total + Math.round(score! * 10_000), 0);
  expect(performance.averageScore).toBeCloseTo(sum / 10_000 / scored.length, 6);
  expect(timeSpent.totalSeconds).toBe(events.reduce((total, { secondsSpent }) => total + (secondsSpent ?? 0), 0));
}

const expectSound = async (): Promise<void> => {
  const { exitCode, stdout } = await beside.strata(['verify']);
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('all is as it should be')]);
};

async function until(holds: () => Promise<boolean>, what: string): Promise<void> {
  for (const from = performance.now(); !(await holds()); await sleep(50)) {
    if (performance.now() - from > 30_000) throw new Error(`for thirty seconds not: ${what}`);
  }
}

const leads = ({ subgraphUrls }: Set): Promise<number> => figureOf(subgraphUrls.reporting, 'strata_leader');

test('one process of all leads', async () => {
  expect((await leads(first)) + (await leads(second))).toBe(1);
});

test('what is written through one is in the next answer of the other', async () => {
  const nodeId = acme.nodeId('class0');
  const report = `nodeReport(nodeId: $nodeId, ${period}) { node { performance { attempts } } } people(first: 100) { nodes { login } }`;
  const look = (set: Set) => ask(set, `query ($nodeId: ID!) { ${report} }`, { nodeId });
  for (let n = 0; n < 6; n++) {
    const [one, other] = n % 2 ? [first, second] : [second, first];
    await Promise.all([look(one), look(other)]); // whatever there is to remember is remembered
    const [event] = eventsOf(900_000 + n, 1).map(made => ({ ...made, classId: 'class0', score: 50 }));
    begun.set(event!.eventId, event!);
    await fetch(`${one.url}/events`, { method: 'POST', headers: headers(), body: JSON.stringify([event]) });
    accepted++;
    expect((await look(other)).nodeReport.node.performance.attempts).toBe(n + 1);
    const made = await ask(one, 'mutation ($input: CreateClassInput!) { createClass(input: $input) { id } }', { input: { name: `Made ${n}` } });
    const seen = await ask(other, 'query ($id: ID!) { class(id: $id) { name } }', { id: made.createClass.id });
    expect(seen.class.name).toBe(`Made ${n}`);
    const parent = acme.nodeId(n % 2 ? 's0' : 's1');
    await ask(one, place, { h: 'india', c: made.createClass.id, p: parent });
    const query = `query ($nodeId: ID!) { nodeReport(nodeId: $nodeId, first: 100, ${period}) { children { nodes { node { id } } } } }`;
    const placed = await ask(other, query, { nodeId: parent });
    expect(placed.nodeReport.children.nodes.map(({ node }: { node: { id: string } }) => node.id)).toContain(made.createClass.id);
  }
}, 120_000);

test('a file that comes to both at once is applied once', async () => {
  const body = (contents: string): FormData => {
    const form = new FormData();
    form.append('file', new Blob([contents]), 'groups.csv');
    return form;
  };
  const rows = Array.from({ length: 40 }, (_, n) => `Group ${n % 8},s${n % 4},2026,Maths,,user${n}@example.com`);
  const upload = async ({ url }: Set, contents: string) => {
    const response = await fetch(`${url}/groups/imports`, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: body(contents) });
    return { status: response.status, body: (await response.json()) as { id: number } };
  };
  const sent = await Promise.all([first, second, first, second].map(set => upload(set, file(...rows))));
  const ids = new globalThis.Set(sent.filter(({ status }) => status === 202).map(({ body: { id } }) => id));
  expect(ids.size).toBe(1);
  const [id] = ids;
  for (const { url } of [first, second]) {
    await until(async () => {
      const shown = (await (await fetch(`${url}/imports/${id}`, { headers: headers() })).json()) as { status: string };
      return shown.status !== 'ACCEPTED';
    }, 'it is applied');
  }
  await expectSameAnswers();
}, 120_000);

test('random activity and moves through either count once, and both say the same of them', async () => {
  const random = new Random(7);
  for (let round = 0; round < 2; round++) {
    const work = [first, second].flatMap(set => [
      ...Array.from({ length: 6 }, () => send(set, random)),
      ...Array.from({ length: 6 }, () => move(set, random)),
    ]);
    await Promise.all(work);
    await expectSameAnswers();
  }
  expect(accepted).toBe(begun.size);
  await expectEachEventOnce(first);
  const folded = (set: Set) => figureOf(set.subgraphUrls.reporting, 'strata_deltas_folded_total');
  await until(async () => (await folded(first)) + (await folded(second)) > 0, 'something is folded');
  await expectSound(); // what two had folded would be in the stored sums twice
}, 240_000);

test('when one of each is killed in the middle, the others go on, and one of them leads', async () => {
  const [dying, staying] = (await leads(first)) ? [first, second] : [second, first];
  const random = new Random(11);
  let killed = false;
  const keepOn = async (set: Set): Promise<void> => {
    while (!killed) {
      try {
        await send(set, random);
        await move(set, random);
      } catch (error) {
        if (set === staying) throw error;
      }
    }
  };
  const working = [keepOn(dying), keepOn(dying), keepOn(staying)];
  await sleep(500);
  await beside.kill(dying);
  for (let n = 0; n < 5; n++) await send(staying, random);
  killed = true;
  await Promise.all(working);
  await until(async () => (await leads(staying)) === 1, 'another leads');
  // What was under way is sent again, as a sender does that heard no answer.
  const again = [...begun.values()];
  const response = await fetch(`${staying.url}/events`, { method: 'POST', headers: headers(), body: JSON.stringify(again) });
  expect(((await response.json()) as { rejected: unknown[] }).rejected).toEqual([]);
  await expectEachEventOnce(staying);
  await expectSound();
}, 240_000);
