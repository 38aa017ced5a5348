import { counter, duration, everyFigure, figuresSoFar, gauge, keepOfThread, tellOfThread, type ThreadFigures } from './metrics';

const labelled = counter('strata_test_total', 'For this test.', ['outcome']);
const seconds = duration('strata_test_seconds', 'For this test.');
gauge('strata_test_held', 'For this test.', () => 7);

/** The figures by name and labels. */
async function figures(): Promise<Map<string, number>> {
  const lines = (await everyFigure()).split('\n').filter(line => /^\w/.test(line));
  return new Map(lines.map(line => [line.replace(/ \S+$/, ''), Number(line.split(' ').at(-1))]));
}
/** What stands about them: help, type and order, without the values. */
const described = async (): Promise<string[]> => (await everyFigure()).split('\n').filter(line => line.startsWith('#'));

/** As a thread tells it that has counted so much since it began. */
async function told(outcomes: Record<string, number>, timed: number): Promise<ThreadFigures> {
  const [own] = (await figuresSoFar()).filter(({ name }) => name === 'strata_test_total');
  const [times] = (await figuresSoFar()).filter(({ name }) => name === 'strata_test_seconds');
  const values = Object.entries(outcomes).map(([outcome, value]) => ({ labels: { outcome }, value }));
  const one = times!.values.map(value => ({ ...value, value: timed }));
  return structuredClone([{ ...own!, values }, { ...times!, values: one }]);
}

test('what threads have counted adds up with what is counted here, never goes down, and changes no other figure', async () => {
  labelled.inc({ outcome: 'here' }, 5);
  labelled.inc({ outcome: 'both' }, 1);
  seconds.observe(0.01);
  const [before, words] = [await figures(), await described()];
  const [first, second] = [{}, {}];
  tellOfThread(first, await told({ both: 10, there: 1 }, 1));
  tellOfThread(second, await told({ both: 100 }, 2));
  tellOfThread(first, await told({ both: 20, there: 2 }, 4));
  const during = await figures();
  expect(await described()).toEqual(words);
  expect(new Set([...before.keys()].filter(name => !during.has(name)))).toEqual(new Set());
  expect([...during.keys()].filter(name => !before.has(name))).toEqual(['strata_test_total{outcome="there"}']);
  const value = (name: string) => during.get(name);
  expect(['here', 'both', 'there'].map(outcome => value(`strata_test_total{outcome="${outcome}"}`))).toEqual([5, 121, 2]);
  expect(value('strata_test_seconds_count')).toBe(1 + 4 + 2);
  expect(value('strata_test_seconds_bucket{le="0.001"}')).toBe(4 + 2);
  expect(value('strata_test_held')).toBe(7);
  expect(value('process_start_time_seconds')).toBe(before.get('process_start_time_seconds'));
  keepOfThread(first);
  keepOfThread({}); // that told nothing
  keepOfThread(second);
  const ours = (all: Map<string, number>) => [...all].filter(([name]) => name.startsWith('strata_'));
  expect(ours(await figures())).toEqual(ours(during));
  const third = {};
  tellOfThread(third, await told({ both: 1000 }, 0));
  keepOfThread(third);
  expect((await figures()).get('strata_test_total{outcome="both"}')).toBe(1121);
  expect(await described()).toEqual(words);
});
