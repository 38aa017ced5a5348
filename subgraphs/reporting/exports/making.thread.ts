import 'reflect-metadata';
import { on } from 'node:events';
import { parentPort } from 'node:worker_threads';
import { Database } from '../../shared/database/database';
import { figuresSoFar } from '../../shared/metrics';
import { Stopped } from '../../shared/queue/tenant-queue';
import { beginThread } from '../../shared/threads';
import { deltasWaiting } from '../rollup/waiting.queries';
import { makeExport } from './make';
import type { Asked, FromThread, ThreadData, ToThread } from './maker';
import { toldError } from './told-errors';

const tell = (what: FromThread): void => parentPort!.postMessage(what);

/** The time is that of whoever has the file made. */
async function now(): Promise<Date> {
  tell('now');
  for await (const [told] of on(parentPort!, 'message') as AsyncIterable<[ToThread]>) {
    if (typeof told === 'object' && 'now' in told) return new Date(told.now);
  }
  throw new Stopped();
}

/** Makes report files, one at a time, for the thread that started this one; see maker.ts. */
async function main(): Promise<void> {
  const { data, end } = await beginThread<ThreadData>();
  const stopping = new AbortController();
  let opened: Promise<Database> | undefined;
  const database = (): Promise<Database> => {
    opened ??= Database.connect({ ...data.database, entities: [], firstQuestion: deltasWaiting });
    opened.catch(() => (opened = undefined));
    return opened;
  };

  const make = async ({ id, ...wanted }: Asked): Promise<{ made: boolean } | { error: ReturnType<typeof toldError> }> => {
    const making = {
      ...{ ...wanted, now },
      onTry: ({ tries }: { tries: number }) => tell({ tries }),
      signal: stopping.signal,
      refuse: () => {
        if (stopping.signal.aborted) throw new Stopped();
      },
    };
    try {
      return { made: await makeExport(await database(), id, making) };
    } catch (error) {
      return { error: toldError(error) };
    }
  };

  parentPort!.on('message', async (told: ToThread) => {
    if (told === 'stop') return stopping.abort();
    if (typeof told === 'object' && 'now' in told) return;
    if (told !== 'end') return tell({ ...(await make(told.make)), figures: await figuresSoFar() });
    await (await opened?.catch(() => undefined))?.close();
    await end();
    parentPort!.close();
  });
}

void main();
