import fs from 'node:fs';
import './prepares-like-the-run';
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../cli/generate/random';
import { verify } from '../subgraphs/reporting/rollup/verify';
import { Database } from '../subgraphs/shared/database/database';
import { isUnavailable } from '../subgraphs/shared/errors';
import { eventsOf, hierarchies, RestlessTenant } from './restless-tenant';
import type { Told, Work } from './crash-child';

/**
 * A process that works on a restless tenant in every way at once until it is killed, or its standard input ends. What
 * it begins and what it knows to be done it says on standard output, a line of JSON each; written before it goes on.
 */
const work = JSON.parse(process.argv[2]!) as Work;
const tell = (what: Told): void => {
  const line = Buffer.from(`${JSON.stringify(what)}\n`);
  for (let at = 0; at < line.length; ) {
    try {
      at += fs.writeSync(1, line, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1); // who reads is behind: nothing goes on before it is told
    }
  }
};
let stopping = false;
process.stdin.resume().on('end', () => (stopping = true));

/** Once more and again until told to stop; while the database is away, it waits for it. */
async function repeat(act: () => Promise<void>, pause: number): Promise<void> {
  while (!stopping) {
    try {
      await act();
      await sleep(pause);
    } catch (error) {
      if (!isUnavailable(error)) {
        tell({ bug: error instanceof Error ? (error.stack ?? error.message) : String(error) });
        return;
      }
      await sleep(20);
    }
  }
}

async function main(): Promise<void> {
  const database = await Database.connect({ url: work.url, stepDown: true, entities: [], poolSize: 8 });
  const tenant = await RestlessTenant.open(database, work.tenantId);
  const random = new Random(work.seed);

  const send = async (first: number, count: number): Promise<void> => {
    tell({ sending: [first, count] });
    const { accepted, duplicates, rejected } = await tenant.send(eventsOf(first, count));
    if (rejected.length > 0) tell({ bug: `rejected: ${JSON.stringify(rejected[0])}` });
    else tell({ sent: [first, count], accepted, duplicates });
  };
  let next = work.firstEvent;
  const ingesting = () => {
    const count = 1 + random.below(25);
    const first = (next += count) - count;
    return send(first, count);
  };
  const moving = async () => {
    const move = tenant.randomMove(random);
    tell({ moving: move });
    tell({ moved: await tenant.move(move) });
  };
  const folding = async () => {
    tell({ folded: await tenant.foldInTurn() });
    await tenant.seal(new Date('2026-06-01T00:00:00Z'), 1);
  };
  const building = async () => {
    const what = (['everything', ...hierarchies] as const)[random.below(3)]!;
    await tenant.build(what);
    tell({ built: what });
  };
  const looking = async () => {
    const { differences } = await database.transaction(work.tenantId, 'read', tx => verify(tx, { most: 3 }));
    if (differences.length > 0) tell({ bug: `while all goes on: ${JSON.stringify(differences)}` });
    else tell({ verified: true });
  };
  await Promise.all([
    // Enough of them to share transactions.
    ...[1, 2, 2, 5].map(pause => repeat(ingesting, pause)),
    repeat(folding, 15),
    repeat(moving, 1),
    repeat(building, 40),
    repeat(looking, 30),
  ]);
  await database.close();
}

void main().then(() => process.exit(0));
