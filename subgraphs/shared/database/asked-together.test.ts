import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { AskedTogether } from './asked-together';

/** More rounds of the event loop than anybody waits for others. */
async function gathered(): Promise<void> {
  for (let rounds = 0; rounds < 12; rounds++) await setImmediate();
}

/** A question whose answer is the moment at which it was begun; it ends when it is told to. */
function questions() {
  let clock = 0;
  const open: (() => void)[] = [];
  const begun: number[] = [];
  const together = new AskedTogether<string, number>(key => {
    const at = ++clock;
    begun.push(at);
    return new Promise((resolve, reject) => open.push(() => (key === 'fails' ? reject(new Error(String(at))) : resolve(at))));
  });
  const endOne = async (): Promise<void> => {
    await gathered();
    open.shift()?.();
    await gathered();
  };
  return { together, begun, endOne, now: () => ++clock, waiting: () => open.length };
}

test('who asks at about the same time shares one question; whoever asks while it is under way shares the next', async () => {
  const { together, begun, endOne } = questions();
  const answers = [together.of('a'), together.of('b')];
  for (let n = 0; n < 3; n++) {
    await setImmediate(); // as requests come in
    answers.push(together.of('a'));
  }
  await gathered();
  expect(begun).toHaveLength(2); // one of each key
  const later = [together.of('a'), together.of('a')];
  await endOne();
  await endOne();
  await endOne();
  expect(begun).toHaveLength(3);
  const [first, other, ...same] = await Promise.all(answers);
  expect([other === first, ...same.map(each => each === first)]).toEqual([false, true, true, true]);
  const [fifth, sixth] = await Promise.all(later);
  expect([fifth === sixth, fifth === first]).toEqual([true, false]);
});

test('a question is asked, however many others come for it', async () => {
  const { together, begun } = questions();
  const rounds = [];
  for (let n = 0; n < 20; n++) {
    void together.of('a');
    rounds.push(begun.length);
    await setImmediate();
  }
  expect(rounds.indexOf(1)).toBeGreaterThan(4);
  expect(rounds.indexOf(1)).toBeLessThan(12);
});

test('one that fails fails for those who shared it, and nobody else', async () => {
  const { together, begun, endOne } = questions();
  const first = together.of('fails');
  await gathered();
  const shared = [together.of('fails'), together.of('fails')];
  await Promise.all([expect(first).rejects.toThrow('1'), endOne()]);
  await Promise.all([...shared.map(each => expect(each).rejects.toThrow('2')), endOne()]);
  const later = together.of('fails');
  await Promise.all([expect(later).rejects.toThrow('3'), endOne()]);
  expect(begun).toHaveLength(3);
});

test('nobody is told what was so before they asked, and everybody is told', () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom('ask', 'end'), { maxLength: 40 }), async steps => {
      const { together, begun, endOne, now, waiting } = questions();
      const told: Promise<[asked: number, answer: number]>[] = [];
      for (const step of steps) {
        if (step === 'end') await endOne();
        else {
          const asked = now();
          told.push(together.of('a').then(answer => [asked, answer]));
        }
      }
      do await endOne();
      while (waiting() > 0);
      for (const [asked, answer] of await Promise.all(told)) expect(answer).toBeGreaterThan(asked);
      expect(begun.length).toBeLessThanOrEqual(told.length);
    }),
    { numRuns: 300 },
  ));
