import fc from 'fast-check';
import { areLevel, judgeReplica } from './replica-moment';

/** A tenant's life: each commit moves one slot, of activity (below 16) or of structure. Both servers show a part of it. */
const lives = fc.record({
  commits: fc.array(fc.integer({ min: 0, max: 31 }), { maxLength: 40 }),
  /** Commits that the primary shows although one that the log holds before them is not yet shown. */
  overtaken: fc.option(fc.nat(40)),
  replayed: fc.nat(40),
});

const slotsAfter = (commits: number[]): Record<string, number> => {
  const slots: Record<string, number> = {};
  for (const slot of commits) slots[slot] = (slots[slot] ?? 0) + 1;
  return slots;
};

const at = (seconds: number): Date => new Date(1_790_000_000_000 + seconds * 1_000);
const follows = true;

test('a replica answers only where it has every change of structure that the primary shows', () => {
  fc.assert(
    fc.property(lives, ({ commits, overtaken, replayed }) => {
      const onReplica = commits.slice(0, replayed);
      // A commit of the same slot waits for the one before: only others can be shown first.
      const hidden = overtaken !== null && !commits.slice(overtaken + 1).includes(commits[overtaken]!) ? overtaken : null;
      const shown = commits.map((slot, index) => ({ slot, index })).filter(({ index }) => index !== hidden);
      const primary = { slots: slotsAfter(shown.map(({ slot }) => slot)), now: at(5) };
      const replica = { slots: slotsAfter(onReplica), asOf: at(4), follows };
      const lacks = shown.some(({ slot, index }) => slot >= 16 && index >= replayed);
      expect(judgeReplica({ primary, replica }, 10)).toBe(lacks ? 'structure' : 'used');
      const same = JSON.stringify(onReplica.toSorted()) === JSON.stringify(shown.map(({ slot }) => slot).toSorted());
      expect(areLevel(primary, replica)).toBe(same);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ['no further behind than is allowed', { asOf: at(90) }, 'used'],
  ['further behind', { asOf: at(89.9) }, 'late'],
  ['whose time nobody keeps', { asOf: null }, 'late'],
  ['that was promoted', { follows: false }, 'promoted'],
])('a replica %s', (_, replica, verdict) => {
  const primary = { slots: {}, now: at(100) };
  expect(judgeReplica({ primary, replica: { slots: {}, asOf: at(100), follows, ...replica } }, 10)).toBe(verdict);
});
