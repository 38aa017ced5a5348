import { setImmediate } from 'node:timers/promises';
import { createPace, type Pace } from './pace';

/** Who is let in, in that order. */
function entered(pace: Pace, callers: string[]): { order: string[]; all: Promise<unknown> } {
  const order: string[] = [];
  return { order, all: Promise.all(callers.map(async caller => (await pace(caller), order.push(caller)))) };
}

test('a single request does not wait', async () => {
  const { order, all } = entered(createPace(), ['one']);
  await Promise.resolve();
  expect(order).toEqual(['one']);
  await all;
});

test('callers take turns, however many requests one of them sends first, and each caller keeps the own order', async () => {
  const { order, all } = entered(createPace(), ['many', 'many', 'many', 'many', 'few', 'some', 'some']);
  await all;
  expect(order).toEqual(['many', 'many', 'few', 'some', 'many', 'some', 'many']);
});

test('what else the process has to do goes on in between', async () => {
  const { order, all } = entered(createPace(), Array.from({ length: 20 }, () => 'many'));
  const seen: number[] = [];
  while (order.length < 20) {
    seen.push(order.length);
    await setImmediate();
  }
  await all;
  expect(seen.length).toBeGreaterThanOrEqual(19);
});

test('somebody who comes later is let in before what others have waiting', async () => {
  const pace = createPace();
  const many = entered(pace, Array.from({ length: 50 }, () => 'many'));
  await setImmediate();
  await pace('good');
  expect(many.order.length).toBeLessThan(6);
  await many.all;
});
