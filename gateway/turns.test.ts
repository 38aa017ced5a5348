import fc from 'fast-check';
import { createTurns } from './turns';

const patient = () => new AbortController().signal;

/** A clock that stands still, so that nothing depends on how fast the test runs. */
function stage(atOnce: number, waiting = 100, processors = 64) {
  let now = 0;
  const turns = createTurns({ atOnce, waiting, processors, now: () => now });
  const order: string[] = [];
  const ends = new Map<string, () => void>();
  const ask = async (name: string, caller: string, rows = 10): Promise<void> => {
    const end = await turns.take({ caller, rows, signal: patient() });
    order.push(name);
    ends.set(name, end);
  };
  const settle = () => new Promise(resolve => setImmediate(resolve));
  return {
    turns,
    order,
    ask,
    settle,
    pass: (milliseconds: number) => (now += milliseconds),
    end: async (name: string) => {
      ends.get(name)!();
      await settle();
    },
  };
}

test('as many go on as may at once, and the others when one has ended', async () => {
  const { ask, order, end, settle } = stage(2);
  for (const name of ['a', 'b', 'c']) void ask(name, 'one');
  await settle();
  expect(order).toEqual(['a', 'b']);
  await end('b');
  expect(order).toEqual(['a', 'b', 'c']);
});

test('who asks for little goes before who asks for much, however many of theirs wait', async () => {
  const { ask, order, end, settle, pass } = stage(1);
  for (let n = 0; n < 10; n++) void ask(`greedy ${n}`, 'greedy');
  await settle();
  void ask('modest', 'modest');
  pass(1_000);
  await end('greedy 0');
  expect(order).toEqual(['greedy 0', 'modest']);
});

test('what was used long ago no longer counts', async () => {
  const { ask, order, end, settle, pass } = stage(1);
  void ask('much', 'once greedy');
  await settle();
  pass(10_000);
  await end('much');
  pass(120_000);
  void ask('now', 'another');
  await settle();
  void ask('its next', 'another');
  void ask('again', 'once greedy');
  pass(100);
  await end('now');
  expect(order).toEqual(['much', 'now', 'again']);
});

test('large operations leave places for small ones, whoever asks', async () => {
  const { ask, order, end, settle } = stage(4);
  for (let n = 0; n < 6; n++) void ask(`large ${n}`, `caller ${n}`, 10_000);
  void ask('small', 'another');
  await settle();
  expect(order).toEqual(['large 0', 'small']);
  await end('large 0');
  expect(order).toEqual(['large 0', 'small', 'large 1']);
});

test.each([[1, 1], [2, 1], [3, 2], [8, 3]])('with %i processors, %i of twelve may be large', async (processors, most) => {
  const { ask, order, settle } = stage(12, 100, processors);
  for (let n = 0; n < 6; n++) void ask(`large ${n}`, `caller ${n}`, 10_000);
  await settle();
  expect(order).toHaveLength(most);
});

test('all that a caller asks for counts as large once they have used much', async () => {
  const { ask, order, end, settle, pass } = stage(4);
  void ask('first', 'busy');
  await settle();
  pass(30_000);
  await end('first');
  for (const name of ['second', 'third']) void ask(name, 'busy');
  await settle();
  expect(order).toEqual(['first', 'second']);
});

test('of one caller no more than some may wait; others still may', async () => {
  const { ask, turns, settle } = stage(1, 2);
  for (const name of ['a', 'b', 'c']) void ask(name, 'one');
  await settle();
  await expect(turns.take({ caller: 'one', rows: 10, signal: patient() })).rejects.toMatchObject({ code: 'RATE_LIMITED', extensions: { retryAfter: 1 } });
  let waits = true;
  void turns.take({ caller: 'other', rows: 10, signal: patient() }).finally(() => (waits = false));
  await settle();
  expect(waits).toBe(true);
});

test('who waits too long is told so, and takes no turn', async () => {
  const { ask, order, turns, end, settle } = stage(1);
  void ask('a', 'one');
  await settle();
  const controller = new AbortController();
  const gone = turns.take({ caller: 'two', rows: 10, signal: controller.signal });
  void ask('c', 'three');
  controller.abort();
  await expect(gone).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await expect(turns.take({ caller: 'two', rows: 10, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await end('a');
  expect(order).toEqual(['a', 'c']);
});

test('ending twice frees one place', async () => {
  const { turns, settle } = stage(1);
  const end = await turns.take({ caller: 'one', rows: 10, signal: patient() });
  void turns.take({ caller: 'one', rows: 10, signal: patient() });
  let third = false;
  void turns.take({ caller: 'one', rows: 10, signal: patient() }).then(() => (third = true));
  end();
  end();
  await settle();
  expect(third).toBe(false);
});

test('whoever asks, everybody gets a turn, and never more than may at once', async () => {
  const asks = fc.array(fc.record({ caller: fc.nat(4), lasts: fc.nat(3) }), { minLength: 1, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(asks, fc.integer({ min: 1, max: 4 }), async (asked, atOnce) => {
      const turns = createTurns({ atOnce, waiting: 1_000 });
      let running = 0;
      let most = 0;
      const done = await Promise.all(
        asked.map(async ({ caller, lasts }) => {
          const end = await turns.take({ caller: `${caller}`, rows: 10, signal: patient() });
          most = Math.max(most, ++running);
          for (let n = 0; n < lasts; n++) await new Promise(resolve => setImmediate(resolve));
          running--;
          end();
          return true;
        }),
      );
      expect(done).toHaveLength(asked.length);
      expect(most).toBeLessThanOrEqual(atOnce);
    }),
    { numRuns: 50 },
  );
});
