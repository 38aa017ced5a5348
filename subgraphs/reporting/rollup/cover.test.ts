import fc from 'fast-check';
import { addDays, monthOf, weekOf } from '../../shared/period';
import { bucketsOf, coverOf, type Span } from './cover';

const shown = (spans: Span[]): string[] => spans.map(({ grain, from, before, buckets }) => `${buckets}×${grain} ${from}..${before}`);

test.each([
  ['one day', '2026-03-18', '2026-03-18', ['1×1 2026-03-18..2026-03-19']],
  ['an ISO week', '2026-03-16', '2026-03-22', ['1×7 2026-03-16..2026-03-23']],
  ['a month', '2026-02-01', '2026-02-28', ['1×30 2026-02-01..2026-03-01']],
  ['a year', '2025-01-01', '2025-12-31', ['12×30 2025-01-01..2026-01-01']],
  [
    'thirty days in the middle of two months: days, weeks, days',
    '2026-03-19',
    '2026-04-17',
    ['4×1 2026-03-19..2026-03-23', '3×7 2026-03-23..2026-04-13', '5×1 2026-04-13..2026-04-18'],
  ],
  [
    'days, a week, days, a month, a week, days',
    '2026-01-18',
    '2026-03-12',
    [
      '1×1 2026-01-18..2026-01-19',
      '1×7 2026-01-19..2026-01-26',
      '6×1 2026-01-26..2026-02-01',
      '1×30 2026-02-01..2026-03-01',
      '1×1 2026-03-01..2026-03-02',
      '1×7 2026-03-02..2026-03-09',
      '4×1 2026-03-09..2026-03-13',
    ],
  ],
  ['the turn of a year in whole weeks', '2025-12-29', '2026-01-11', ['2×7 2025-12-29..2026-01-12']],
])('%s', (_name, from, through, spans) => {
  expect(shown(coverOf({ from, through }))).toEqual(spans);
});

test('a cover holds each day of its period once and no other, in whole buckets', () => {
  const day = fc.integer({ min: 0, max: 4_000 }).map(number => addDays('2020-01-01', number));
  fc.assert(
    fc.property(day, fc.nat(900), (from, length) => {
      const through = addDays(from, length);
      const cover = coverOf({ from, through });
      let next = from;
      for (const { grain, from: first, before } of cover) {
        expect(first).toBe(next);
        expect(first < before).toBe(true);
        if (grain === 30) expect([monthOf(first), monthOf(before)]).toEqual([first, before]);
        if (grain === 7) expect([weekOf(first), weekOf(before)]).toEqual([first, before]);
        next = before;
      }
      expect(next).toBe(addDays(through, 1));
      expect(bucketsOf(cover)).toBeLessThanOrEqual(length + 1);
    }),
    { numRuns: 1_000 },
  );
});
