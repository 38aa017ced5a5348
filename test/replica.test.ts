import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { standForLeader, type Leader } from '../subgraphs/shared/database/leader';
import { metrics } from '../subgraphs/shared/metrics';
import { migrate } from '../subgraphs/shared/database/migrate';
import { createTenant, type KnownTenant } from './fixture';
import { ReplicaScene, type Standby } from './replica-server';
import { startGateway, type Asker, type GatewayForTest } from './start-gateway';
import { twoHierarchies } from './two-hierarchies';

/** Seconds that the replica may be behind. */
const mostSecondsBehind = 8;

const asker = (subject: string, role: 'ORG_ADMIN' | 'OFFICER'): Asker => ({ subject, tenant: 'acme', roles: [role] });
const [writer, reader, northerner] = [asker('admin', 'ORG_ADMIN'), asker('chief', 'ORG_ADMIN'), asker('northerner', 'OFFICER')];

let scene: ReplicaScene;
let standby: Standby;
let leader: Leader;
let gateway: GatewayForTest;
let acme: KnownTenant;
let admin: Client;
beforeAll(async () => {
  scene = new ReplicaScene();
  await scene.open();
  const { url } = scene.primary;
  await migrate(url);
  standby = await scene.addStandby('standby');
  leader = await standForLeader({ url, beats: true, every: 50 });
  admin = new Client(url);
  await admin.connect();
  const fixture = twoHierarchies('acme');
  gateway = await startGateway({
    database: { url, directUrl: url, adminUrl: url, settings: { DATABASE_URL: url }, drop: async () => undefined },
    fill: async owner => {
      acme = await createTenant(owner, { ...fixture, people: { ...fixture.people, chief: ['ORG_ADMIN'] } });
    },
    now: () => new Date(),
    replica: { url: standby.url, mostSecondsBehind },
  });
}, 120_000);
afterAll(async () => {
  await gateway?.close();
  await leader?.stop();
  await admin?.end();
  await scene.close();
});

/** How many reads had this outcome so far. */
async function count(outcome: string): Promise<number> {
  const { values } = await metrics.getSingleMetric('strata_replica_reads_total')!.get();
  return values.find(({ labels }) => labels.outcome === outcome)?.value ?? 0;
}

async function until(holds: () => Promise<boolean>, what: string): Promise<void> {
  for (const begun = performance.now(); !(await holds()); await sleep(20)) {
    if (performance.now() - begun > 30_000) throw new Error(`for thirty seconds not: ${what}`);
  }
}

/** What has been sent, one event after the other, each with its own score: a sum tells which of them are in it. */
const sent: { score: number; begun: number; acknowledged: number }[] = [];
const sumOf = (events: number): number => sent.slice(0, events).reduce((sum, { score }) => sum + score, 0);

async function send(classId = 'a1'): Promise<void> {
  const score = 10 + (sent.length % 80);
  const event = { score, begun: Date.now(), acknowledged: Infinity };
  sent.push(event);
  const raw = { eventId: `e${sent.length}`, classId, userId: 'ann', occurredAt: '2026-03-02T10:00:00Z', score };
  expect((await gateway.send(writer, [raw])).status).toBeLessThan(300);
  event.acknowledged = Date.now();
}

interface Shown {
  attempts: number;
  asOf: number;
  freshness: string;
  /** Attempts by group, of the node's children. */
  children: Record<string, number>;
}

/** The report of everything, through the shallow hierarchy: schools are the country's children. */
async function look(who: Asker, { words = '' } = {}): Promise<Shown> {
  const { nodeReport } = await gateway.read(
    who,
    `${words} query ($nodeId: ID) { nodeReport(nodeId: $nodeId, hierarchyId: "sap", period: { from: "2026-01-01", through: "2026-12-31" }) {
      node { performance { attempts averageScore provenance { asOf freshness } } }
      children { nodes { node { name } performance { attempts } } } reconciliation { attempts }
    } }`,
    { nodeId: acme.nodeId('land') },
  );
  const { attempts, averageScore, provenance } = nodeReport.node.performance;
  const asOf = Date.parse(provenance.asOf);
  const acknowledged = sent.filter(event => event.acknowledged < asOf).length;
  // The oracle: what it shows are the first so many events, no fewer than were acknowledged before the moment it names.
  expect(attempts).toBeGreaterThanOrEqual(acknowledged);
  expect(attempts).toBeLessThanOrEqual(sent.length);
  expect((averageScore ?? 0) * attempts).toBeCloseTo(sumOf(attempts), 4);
  expect(asOf).toBeLessThanOrEqual(Date.now());
  expect(nodeReport.reconciliation.attempts).toBe(0);
  const children = nodeReport.children.nodes as { node: { name: string }; performance: { attempts: number } }[];
  return {
    ...{ attempts, asOf, freshness: provenance.freshness },
    children: Object.fromEntries(children.map(({ node, performance }) => [node.name, performance.attempts])),
  };
}

/** A question that nobody has asked before, so that no answer to it is remembered. */
let questions = 0;
const lookAnew = (who: Asker): Promise<Shown> => look(who, { words: `# ${questions++}\n` });

/** Until the replica answers the reader, with everything in it. */
const caughtUp = (): Promise<void> =>
  until(async () => {
    const before = await count('used');
    const { attempts } = await lookAnew(reader);
    return (await count('used')) > before && attempts === sent.length;
  }, 'the replica answers, with everything in it');

test('while activity comes and classes move, each answer is what was so at the moment it names, and where all hangs now', async () => {
  await caughtUp();
  const used = await count('used');
  let at = { school: 'a', moving: false };
  let going = true;
  const writing = (async () => {
    for (let n = 0; n < 60; n++) await send('a1');
    going = false;
  })();
  const reading = (async () => {
    while (going) {
      const asked = at;
      const { children, attempts } = await look(reader);
      // Where it was put before the question; while it is being put elsewhere, either may be true.
      if (asked === at && !asked.moving) expect(children).toEqual({ a: 0, b: 0, [at.school]: attempts });
    }
  })();
  const moving = (async () => {
    while (going) {
      const to = at.school === 'a' ? 'b' : 'a';
      const ids = { childId: acme.nodeId('a1'), parentId: acme.nodeId(to) };
      at = { ...at, moving: true };
      await gateway.read(writer, 'mutation ($childId: ID!, $parentId: ID) { place(hierarchyId: "sap", childId: $childId, parentId: $parentId) { id } }', ids);
      at = { school: to, moving: false };
      await sleep(40);
    }
  })();
  await Promise.all([writing, reading, moving]);
  await caughtUp();
  expect(await count('used')).toBeGreaterThan(used + 5);
}, 120_000);

describe('a replica that stands still', () => {
  beforeEach(async () => {
    await caughtUp();
    await standby.pause();
  });
  afterEach(async () => {
    await standby.resume();
    await caughtUp();
  });

  test('says how old it is, until it is too old: then the primary answers', async () => {
    const known = sent.length;
    const paused = Date.now();
    await send();
    const used = await count('used');
    const { attempts, asOf } = await lookAnew(reader);
    expect([attempts, await count('used')]).toEqual([known, used + 1]);
    expect(asOf).toBeLessThan(paused);
    await until(async () => (await look(reader)).attempts === known + 1, 'the primary answers');
    const late = await lookAnew(reader);
    expect(late.asOf).toBeGreaterThanOrEqual(asOf + mostSecondsBehind * 1_000);
    expect(late.freshness).toBe('FRESH');
  });

  test('answers nobody who has just written what it does not show, and nobody who asks for what is so now', async () => {
    await send();
    expect((await look(writer)).attempts).toBe(sent.length);
    expect((await lookAnew(reader)).attempts).toBe(sent.length - 1);
    expect((await lookAnew({ ...reader, strong: true })).attempts).toBe(sent.length);
    const mutation = 'mutation ($e: [ActivityEventInput!]!) { recordActivity(events: $e) { accepted } }';
    const event = { eventId: 'by-mutation', classId: acme.nodeId('a1'), userId: acme.personId('ann'), occurredAt: '2026-03-02T10:00:00Z', score: 50 };
    sent.push({ score: 50, begun: Date.now(), acknowledged: Infinity });
    await gateway.read(reader, mutation, { e: [event] });
    sent.at(-1)!.acknowledged = Date.now();
    expect((await look(reader)).attempts).toBe(sent.length);
  });

  test('shows nobody what they may see no more', async () => {
    const north = acme.nodeId('north');
    const ask = () => gateway.ask(northerner, `{ nodeReport(nodeId: "${north}", period: { from: "2026-01-01", through: "2026-12-31" }) { node { performance { attempts } } } }`);
    const used = await count('used');
    expect((await ask()).data.nodeReport.node.performance.attempts).toBeGreaterThanOrEqual(0);
    expect(await count('used')).toBe(used + 1);
    await gateway.read(writer, 'mutation ($g: ID!, $u: ID!) { revokeAccess(groupId: $g, userId: $u) { __typename } }', {
      g: north,
      u: acme.personId('northerner'),
    });
    const { data, errors } = await ask();
    expect([data?.nodeReport ?? null, errors.map(({ extensions }) => extensions?.code)]).toEqual([null, expect.arrayContaining(['FORBIDDEN'])]);
    expect(await count('structure')).toBeGreaterThan(0);
    await gateway.read(writer, 'mutation ($g: ID!, $u: ID!) { grantAccess(groupId: $g, userId: $u) { __typename } }', {
      g: north,
      u: acme.personId('northerner'),
    });
    expect((await ask()).data.nodeReport).not.toBeNull();
  });
});

test('a read that the replica breaks off, since it must catch up, is answered by the primary', async () => {
  await caughtUp();
  const failed = await count('failed');
  await until(async () => {
    const reads = Promise.all(Array.from({ length: 8 }, (_, n) => lookAnew(n % 2 ? reader : writer)));
    for (let n = 0; n < 10; n++) await admin.query('begin; lock table tenant_versions, fact_deltas in access exclusive mode; commit');
    await reads;
    return (await count('failed')) > failed;
  }, 'a read is broken off');
  await caughtUp();
}, 60_000);

test('a replica that is killed is gone without, and asked again when it is back', async () => {
  await standby.kill();
  await send();
  for (let n = 0; n < 5; n++) expect((await look(reader)).attempts).toBe(sent.length);
  expect(await count('away')).toBeGreaterThan(0);
  await standby.start();
  await caughtUp();
});

test('a replica that was promoted answers nothing any more', async () => {
  await caughtUp();
  await standby.promote();
  await until(async () => {
    await lookAnew(reader);
    return (await count('promoted')) > 0;
  }, 'it is known to be none');
  const used = await count('used');
  await send();
  expect((await look(reader)).attempts).toBe(sent.length);
  expect(await count('used')).toBe(used);
  expect(gateway.bugs).toEqual([]);
});
