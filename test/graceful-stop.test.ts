import { Agent, request as httpRequest } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createTestDatabase, type TestDatabase } from './database';
import { connectOwner, createTenant } from './fixture';
import { startStrata, strata } from './strata-command';
import { twoHierarchies } from './two-hierarchies';

const stops = Number(process.env.STRATA_STOPS ?? 3);
const callers = 8;

let database: TestDatabase;
let folder: string;
let settings: Record<string, string>;
let token: string;
beforeAll(async () => {
  database = await createTestDatabase();
  const owner = await connectOwner(database.url);
  await createTenant(owner, twoHierarchies('acme'));
  await owner.close();
  folder = mkdtempSync(path.join(os.tmpdir(), 'strata-stop-'));
  settings = { ...database.settings, STRATA_DATA_DIR: folder, STRATA_DEMO: '0', PORT: '0', STRATA_LIMIT_REQUESTS: '0' };
  token = (await strata(['token', 'admin'], settings)).stdout.trim();
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true });
});

interface Sent {
  /** Of a request that was begun: its status, or how it failed. */
  outcome: number | string;
  text: string;
}

function post(url: string, { agent, route, body }: { agent: Agent; route: string; body: string }): Promise<Sent> {
  return new Promise(resolve => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sending = httpRequest(`${url}${route}`, { method: 'POST', agent, headers }, response => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ outcome: response.complete ? response.statusCode! : 'cut off', text }));
      response.on('error', (error: NodeJS.ErrnoException) => resolve({ outcome: error.code ?? 'error', text }));
    });
    sending.on('error', (error: NodeJS.ErrnoException) => resolve({ outcome: error.code ?? 'error', text: '' }));
    sending.end(body);
  });
}

/** Asks one after the other on a kept connection until nobody listens any more; reads and writes in turn. */
async function keepAsking(url: string, caller: string, sent: Sent[]): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let last: Sent | undefined;
  for (let n = 0; last?.outcome !== 'ECONNREFUSED'; n++) {
    const event = { eventId: `${caller}-${n}`, classId: 'a1', userId: 'ann', occurredAt: '2026-03-02T10:00:00Z', score: 50 };
    const ask = {
      route: '/graphql',
      body: JSON.stringify({
        query: `query q${n} { viewer { login } nodeReport(period: { from: "2026-03-01", through: "2026-03-31" }) { node { performance { attempts } } reconciliation { attempts } } }`,
      }),
    };
    last = await post(url, { agent, ...(n % 3 === 2 ? { route: '/events', body: JSON.stringify([event]) } : ask) });
    sent.push(last);
  }
  agent.destroy();
}

test(`a service that is told to stop while ${callers} callers keep asking fails none of their requests (${stops} times)`, async () => {
  for (let stop = 0; stop < stops; stop++) {
    const started = await startStrata(['start'], settings);
    const sent: Sent[] = [];
    const asking = Array.from({ length: callers }, (_, n) => keepAsking(started.url, `${stop}-${n}`, sent));
    // In the middle of it, elsewhere each time.
    const enough = callers * (3 + (stop % 5));
    while (sent.length < enough) await new Promise(resolve => setTimeout(resolve, 3 + (stop % 7)));
    const told = performance.now();
    started.process.kill('SIGTERM');
    expect(await started.ended).toBe(0);
    expect(performance.now() - told).toBeLessThan(10_000);
    await Promise.all(asking);
    const answered = sent.filter(({ outcome }) => outcome !== 'ECONNREFUSED');
    expect(answered.length).toBeGreaterThan(enough);
    const failed = answered.filter(({ outcome, text }) => (outcome !== 200 && outcome !== 202) || text.includes('"errors"'));
    expect(failed).toEqual([]);
  }
}, stops * 30_000);
