import 'reflect-metadata';
import './prepares-like-the-run';
import { purgeAll } from '../cli/run/purge';
import { Database } from '../subgraphs/shared/database/database';

/** A process that purges what has expired by a moment, some rows at a time, and may be killed while it does. */
async function main([url, moment, most]: string[]): Promise<void> {
  const owner = await Database.connect({ url: url!, stepDown: false, entities: [], poolSize: 2 });
  process.stdout.write('begun\n');
  const log = { info: () => undefined, warn: () => undefined };
  const whole = await purgeAll(owner, { now: new Date(moment!), log, most: Number(most) });
  await owner.close();
  process.exitCode = whole ? 0 : 3;
}

void main(process.argv.slice(2));
