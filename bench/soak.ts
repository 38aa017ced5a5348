import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { eventMaker } from './events';
import { countKept, countWaiting, forgetEvents } from './events.queries';
import type { Made } from './made';
import { startWeighedStrata } from './processes';
import type { Line } from './report';
import { closeConnections, post } from './requests';
import type { Weight } from './weighed-strata';
import { tokenFor } from './whole-request';

const senders = 2;
const batch = 1_000;
/** Enough to hold a service to it for long, few enough that the disk holds them all. */
const eventsPerSecond = 5_000;
const minutes = Number(process.env.STRATA_SOAK_MINUTES ?? 10);
const secondsToFold = 5;
const learners = 25;
/** What a service may weigh at the end beside what it did when everything had been used once. */
const mostGrowth = 1.2;

/** Minutes of activity without a pause: whether the service's memory stays as it is, and the folder keeps up. */
export async function measureSoak(made: Made): Promise<Line[]> {
  const { server, tenants } = made;
  const tenant = tenants.at(-1)!;
  await forgetEvents(server.url, tenant.id);
  const client = new Client({ connectionString: server.url });
  await client.connect();
  const strata = await startWeighedStrata(made);
  try {
    const token = await tokenFor(made, tenant);
    const events = { url: `${strata.url}/events`, token, contentType: 'application/x-ndjson' };
    const make = eventMaker({ classes: tenant.classes, learners });
    const weights: Weight[] = [];
    let mostWaiting = 0;
    let all = 0;
    for (let minute = 1; minute <= minutes; minute++) {
      const begun = performance.now();
      const before = all;
      let begunBatches = 0;
      const send = async (): Promise<void> => {
        for (;;) {
          const due = begun + (begunBatches++ * batch * 1_000) / eventsPerSecond;
          if (due >= begun + 60_000 || performance.now() >= begun + 60_000) return;
          await sleep(Math.max(0, due - performance.now()));
          const body = make(batch).map(event => `${JSON.stringify(event)}\n`).join('');
          const answer = await post({ ...events, body });
          const accepted = answer.status === 202 ? (JSON.parse(answer.text) as { accepted: number }).accepted : 0;
          if (accepted !== batch) throw new Error(`/events answered ${answer.status}: ${answer.text.slice(0, 300)}`);
          all += batch;
        }
      };
      await Promise.all(Array.from({ length: senders }, send));
      const seconds = (performance.now() - begun) / 1_000;
      const waiting = await countWaiting(client, tenant.id);
      mostWaiting = Math.max(mostWaiting, waiting);
      weights.push(await strata.weigh());
      const { rss, heap } = weights.at(-1)!;
      const told = `${rss.toFixed(0)} MB, ${heap.toFixed(0)} MB of objects, ${waiting} deltas wait`;
      process.stderr.write(`  minute ${minute}: ${((all - before) / seconds).toFixed(0)} events/s, ${told}\n`);
    }
    const ended = performance.now();
    while ((await countWaiting(client, tenant.id)) > 0) await sleep(20);
    const folded = (performance.now() - ended) / 1_000;
    const kept = await countKept(client, tenant.id);
    if (kept.events !== all || kept.attempts !== all) {
      throw new Error(`${all} events were sent; ${kept.events} are kept, ${kept.attempts} are in the stored sums`);
    }
    const line = { part: 'soak', classes: tenant.classes };
    // By half of the time every class and learner was there.
    const half = Math.ceil(minutes / 2);
    const growth = (of: keyof Weight) => {
      const [early, late] = [weights.slice(0, half), weights.slice(half)].map(some => Math.max(...some.map(weight => weight[of])));
      return { measured: late!, floor: early!, ratio: late! / early!, atMost: mostGrowth };
    };
    return [
      { ...line, what: `memory, last of ${minutes} minutes beside the first half`, unit: 'MB', ...growth('rss') },
      { ...line, what: 'of it objects that are needed', unit: 'MB', ...growth('heap') },
      {
        ...line,
        ...{ what: `folded after the last of ${all}`, unit: 's', measured: folded, floor: secondsToFold },
        ...{ ratio: folded / secondsToFold, atMost: 1, more: { mostWaiting } },
      },
    ];
  } finally {
    closeConnections();
    await strata.stop();
    await client.end();
    await forgetEvents(server.url, tenant.id);
  }
}
