import fc from 'fast-check';
import { AskedTogether } from './asked-together';

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
    open.shift()?.();
    for (let n = 0; n < 10; n++) await Promise.resolve();
  };
  return { together, begun, endOne, now: () => ++clock, waiting: () => open.length };
}

test('whoever asks while one is under way shares the next', async () => {
  const { together, begun, endOne } = questions();
  const answers = [together.of('a'), together.of('a'), together.of('a'), together.of('b')];
  expect(begun).toHaveLength(2); // one of each key
  await endOne();
  await endOne();
  await endOne();
  expect(begun).toHaveLength(3);
  const [first, second, third, other] = await Promise.all(answers);
  expect([second === third, first === second, other === first]).toEqual([true, false, false]);
});

test('one that fails fails for those who shared it, and nobody else', async () => {
  const { together, begun, endOne } = questions();
  const first = together.of('fails');
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
      while (waiting() > 0) await endOne();
      for (const [asked, answer] of await Promise.all(told)) expect(answer).toBeGreaterThan(asked);
      expect(begun.length).toBeLessThanOrEqual(told.length);
    }),
    { numRuns: 300 },
  ));
