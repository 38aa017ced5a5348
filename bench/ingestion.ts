import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { eventMaker, type BenchEvent } from './events';
import { copied, copyIn, copyRow, countKept, countWaiting, createCopied, emptyCopied, forgetEvents } from './events.queries';
import { canReadCpu, cpuMeter } from './cpu';
import { copyKeptRows } from './kept-rows';
import type { Made } from './made';
import { inTurn, median } from './measure';
import { startBareIngestion, startStrata } from './processes';
import { atOnce, closeConnections, post } from './requests';
import type { Line } from './report';
import { tokenFor } from './whole-request';

const senders = 2;
const batch = 1_000;
const batches = 20;
const rounds = 5;
const warmups = 1;
const secondsToFold = 5;
/** Of each class that is at work. */
const learners = 25;

/** Activity over HTTP, with all that Strata does to it, beside a plain COPY of the same rows in the same batches. */
export async function measureIngestion(made: Made): Promise<Line[]> {
  const { server, tenants } = made;
  const tenant = tenants.at(-1)!;
  await forgetEvents(server.url, tenant.id);
  // Read by the server, which may run as another user: nothing of a client stands between the rows and the table.
  const room = mkdtempSync(path.join(os.tmpdir(), 'strata-bench-'));
  chmodSync(room, 0o777); // which also writes there what it has kept
  const clients = Array.from({ length: senders }, () => new Client({ connectionString: server.url }));
  for (const each of clients) await each.connect();
  const client = clients[0]!;
  const strata = await startStrata(made, 'one-process');
  const bare = await startBareIngestion(made, { room, tenantId: tenant.id });
  try {
    await createCopied(client);
    const token = await tokenFor(made, tenant);
    const events = { url: `${strata.url}/events`, token, contentType: 'application/x-ndjson' };
    const make = eventMaker({ classes: tenant.classes, learners });
    let next: BenchEvent[] = [];
    let sent = 0;
    const folded: number[] = [];
    /** Milliseconds a batch. */
    const cpu: Record<'node' | 'postgres', number[]> = { node: [], postgres: [] };
    const meters = canReadCpu ? { node: cpuMeter(strata.pid), postgres: cpuMeter(server.pid) } : null;
    const bodiesOf = (some: readonly BenchEvent[]): string[] => {
      const bodies: string[] = [];
      for (let at = 0; at < some.length; at += batch) {
        bodies.push(some.slice(at, at + batch).map(event => `${JSON.stringify(event)}\n`).join(''));
      }
      return bodies;
    };
    const sendAll = (to: typeof events, bodies: string[]) =>
      atOnce(senders, bodies.length, async () => {
        const answer = await post({ ...to, body: bodies.pop()! });
        const accepted = answer.status === 202 ? (JSON.parse(answer.text) as { accepted: number }).accepted : 0;
        if (accepted !== batch) throw new Error(`${to.url} answered ${answer.status}: ${answer.text.slice(0, 300)}`);
      });
    const send = async (): Promise<number> => {
      next = make(batch * batches);
      const bodies = bodiesOf(next);
      const before = meters && { node: meters.node(), postgres: meters.postgres() };
      const begun = performance.now();
      await sendAll(events, bodies);
      const ended = performance.now();
      for (const name of ['node', 'postgres'] as const) {
        if (meters) cpu[name].push((meters[name]() - before![name]) / batches);
      }
      sent += next.length;
      // Each round begins with nothing waiting.
      while ((await countWaiting(client, tenant.id)) > 0) await sleep(20);
      folded.push((performance.now() - ended) / 1000);
      return (next.length * 1000) / (ended - begun);
    };
    const copyInto = (table: string) => async (): Promise<number> => {
      const files: string[] = [];
      for (let at = 0; at < next.length; at += batch) {
        files.push(path.join(room, `rows-${at}`));
        writeFileSync(files.at(-1)!, next.slice(at, at + batch).map(event => copyRow(tenant.id, event)).join(''));
      }
      const begun = performance.now();
      await Promise.all(clients.map(async each => {
        for (let file = files.pop(); file; file = files.pop()) await copyIn(each, { table, file });
      }));
      const taken = performance.now() - begun;
      await emptyCopied(client, table);
      return (next.length * 1000) / taken;
    };
    const sendToBare = async (): Promise<number> => {
      const bodies = bodiesOf(next);
      const begun = performance.now();
      await sendAll({ ...events, url: bare.url }, bodies);
      const taken = performance.now() - begun;
      await emptyCopied(client, copied.plain);
      return (next.length * 1000) / taken;
    };
    const copyAllKept = async () => (sent * 1000) / (await copyKeptRows({ clients, tenantId: tenant.id, room }));
    const ways = {
      ...{ http: send, bare: sendToBare, kept: copyAllKept },
      ...{ plain: copyInto(copied.plain), keyed: copyInto(copied.keyed) },
    };
    const rates = await inTurn(ways, { warmups, rounds });
    const kept = await countKept(client, tenant.id);
    if (kept.events !== sent || kept.attempts !== sent) {
      throw new Error(`${sent} events were sent; ${kept.events} are kept, ${kept.attempts} are in the stored sums`);
    }
    const http = median(rates.http);
    const slowest = Math.max(...folded.slice(warmups));
    const line = { part: 'ingestion', classes: tenant.classes };
    const beside = (what: string, rate: number) => ({
      ...line,
      ...{ what: `events over HTTP, ${senders} senders, and COPY ${what}`, unit: 'events/s', measured: http },
      ...{ floor: rate, ratio: http / rate, atLeast: 0.3 },
    });
    return [
      {
        ...beside('into a table without a key', median(rates.plain)),
        more: { aim: 20_000, ...(meters ? { nodeCpu: median(cpu.node), postgresCpu: median(cpu.postgres) } : {}) },
      },
      beside('into a table where their ids are a key', median(rates.keyed)),
      {
        ...line,
        ...{ what: `events over HTTP, ${senders} senders, and COPY of all rows that are kept of them`, unit: 'events/s' },
        ...{ measured: http, floor: median(rates.kept), ratio: http / median(rates.kept) },
      },
      {
        ...line,
        ...{ what: `events over HTTP, ${senders} senders, and a bare handler that parses and copies`, unit: 'events/s' },
        ...{ measured: http, floor: median(rates.bare), ratio: http / median(rates.bare) },
      },
      {
        ...line,
        ...{ what: 'that bare handler, and COPY into a table without a key', unit: 'events/s' },
        ...{ measured: median(rates.bare), floor: median(rates.plain), ratio: median(rates.bare) / median(rates.plain) },
      },
      {
        ...line,
        ...{ what: `folded after the last of ${batch * batches}, slowest`, unit: 's', measured: slowest },
        ...{ floor: secondsToFold, ratio: slowest / secondsToFold, atMost: 1 },
      },
    ];
  } finally {
    closeConnections();
    await strata.stop();
    await bare.stop();
    for (const each of clients) await each.end();
    rmSync(room, { recursive: true, force: true });
    await forgetEvents(server.url, tenant.id);
  }
}
