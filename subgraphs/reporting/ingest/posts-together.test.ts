import * as fc from 'fast-check';
import { Problem } from '../../shared/errors';
import { PostsTogether } from './posts-together';

/** Posts are lists of numbers; of each is told what it was. Transactions end when they are told to. */
function stage({ atOnce = 1, enough = 4, most = 10 } = {}) {
  const underWay: { posts: readonly number[][]; commit: () => void; fail: (error: unknown) => void }[] = [];
  const stored: number[][][] = [];
  let idle = 0;
  const together = new PostsTogether<number[], string>({
    ...{ atOnce, enough, most, sizeOf: post => post.length, onIdle: () => void idle++ },
    store: posts =>
      new Promise((resolve, reject) => {
        const end = (act: () => void) => () => {
          underWay.splice(underWay.indexOf(transaction), 1);
          act();
        };
        const transaction = {
          posts: posts as number[][],
          commit: end(() => {
            stored.push(posts as number[][]);
            resolve(posts.map(post => post.join()));
          }),
          fail: (error: unknown) => end(() => reject(error))(),
        };
        underWay.push(transaction);
      }),
  });
  const shown = () => underWay.map(({ posts }) => posts.map(post => post.join('+')).join(' '));
  return { together, underWay, stored, shown, idle: () => idle };
}

const settled = () => new Promise(resolve => setImmediate(resolve));

test('whoever comes alone goes at once; the others wait, and then go together', async () => {
  const { together, underWay, shown, idle } = stage();
  const told = [[1], [2], [3], [4, 5]].map(post => together.send(post));
  expect(shown()).toEqual(['1']);
  underWay[0]!.commit();
  await settled();
  expect([shown(), idle()]).toEqual([['2 3 4+5'], 0]);
  expect(await told[0]).toBe('1');
  underWay[0]!.commit();
  await settled();
  expect(await Promise.all(told)).toEqual(['1', '2', '3', '4,5']);
  expect(idle()).toBe(1);
});

test('beside others goes only what is enough for a transaction of its own', async () => {
  const { together, underWay, shown } = stage({ atOnce: 2, enough: 3 });
  const told = [[1], [2], [3], [4, 5], [6], [7, 8, 9]].map(post => together.send(post));
  expect(shown()).toEqual(['1', '2 3 4+5']);
  underWay[1]!.commit();
  await settled();
  expect(shown()).toEqual(['1', '6 7+8+9']);
  underWay[1]!.commit();
  await settled();
  told.push(together.send([10]));
  expect(shown()).toEqual(['1']);
  underWay[0]!.commit();
  await settled();
  expect(shown()).toEqual(['10']);
  underWay[0]!.commit();
  expect(await Promise.all(told)).toHaveLength(7);
});

test('a transaction has no more than it may, and one that is larger goes alone', async () => {
  const { together, underWay, shown } = stage({ most: 3 });
  const posts = [[1], [2, 3], [4], [5, 6], [7, 8, 9, 10], [11]];
  const told = posts.map(post => together.send(post));
  const seen: string[] = [];
  while (underWay.length > 0) {
    seen.push(...shown());
    underWay[0]!.commit();
    await settled();
  }
  expect(seen).toEqual(['1', '2+3 4', '5+6', '7+8+9+10', '11']);
  expect(await Promise.all(told)).toEqual(posts.map(post => post.join()));
});

test('what spoils a transaction for all is told to the one who sent it; the others are stored', async () => {
  const { together, underWay, shown } = stage();
  const told = [[0], [1], [2], [3]].map(post => together.send(post).catch(error => error as Error));
  underWay[0]!.commit();
  await settled();
  expect(shown()).toEqual(['1 2 3']);
  underWay[0]!.fail(new Error('22P05'));
  for (const number of [1, 2, 3]) {
    await settled();
    expect(shown()).toEqual([`${number}`]);
    if (number === 2) underWay[0]!.fail(new Error('22P05'));
    else underWay[0]!.commit();
  }
  expect(await Promise.all(told)).toEqual(['0', '1', new Error('22P05'), '3']);
});

test.each([
  ['refuses', new Problem('RATE_LIMITED', 'Too much waits.')],
  ['is away', Object.assign(new Error('terminating connection'), { code: '57P01' })],
  ['is busy', Object.assign(new Error('canceling statement'), { code: '57014' })],
])('where the database %s, all are told so at once', async (_, error) => {
  const { together, underWay, idle } = stage();
  const told = [[0], [1], [2]].map(post => together.send(post).catch((thrown: unknown) => thrown));
  underWay[0]!.commit();
  await settled();
  underWay[0]!.fail(error);
  expect(await Promise.all(told)).toEqual(['0', error, error]);
  await settled();
  expect([underWay.length, idle()]).toEqual([0, 1]);
});

test('each post is stored exactly once, in the order in which they came, whatever comes when', async () => {
  const acts = fc.array(fc.oneof(fc.record({ size: fc.integer({ min: 1, max: 6 }) }), fc.record({ end: fc.nat(5) })), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(acts, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 9 }), async (given, atOnce, enough) => {
      const { together, underWay, stored, idle } = stage({ atOnce, enough, most: 7 });
      const sent: number[][] = [];
      const told: Promise<string>[] = [];
      const begun: number[][][] = [];
      for (const act of given) {
        if ('size' in act) {
          sent.push(Array.from({ length: act.size }, () => sent.length));
          told.push(together.send(sent.at(-1)!));
        } else if (underWay.length > 0) underWay[act.end % underWay.length]!.commit();
        await settled();
        expect(underWay.length).toBeLessThanOrEqual(atOnce);
        for (const { posts } of underWay) if (!begun.includes(posts as number[][])) begun.push(posts as number[][]);
      }
      for (; underWay.length > 0; await settled()) {
        for (const { posts } of underWay) if (!begun.includes(posts as number[][])) begun.push(posts as number[][]);
        underWay[0]!.commit();
      }
      expect(begun.flat()).toEqual(sent);
      expect([...stored.flat()].sort((a, b) => a[0]! - b[0]!)).toEqual(sent);
      expect(await Promise.all(told)).toEqual(sent.map(post => post.join()));
      expect(idle() > 0).toBe(sent.length > 0);
      for (const posts of stored) expect(posts.length === 1 || posts.flat().length <= 7).toBe(true);
    }),
    { numRuns: 200 },
  );
});
