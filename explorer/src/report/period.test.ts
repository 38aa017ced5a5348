import { fittingInterval, isDay, periodOf, possibleIntervals, presetOf } from './period';

test.each([
  ['last7', '2026-03-02', '2026-02-24', '2026-03-02'],
  ['last30', '2026-03-02', '2026-02-01', '2026-03-02'],
  ['thisMonth', '2026-03-02', '2026-03-01', '2026-03-02'],
  ['lastMonth', '2026-03-31', '2026-02-01', '2026-02-28'],
  ['lastMonth', '2026-01-15', '2025-12-01', '2025-12-31'],
  ['thisYear', '2026-01-01', '2026-01-01', '2026-01-01'],
] as const)('%s on %s is %s to %s', (preset, today, from, through) => {
  expect(periodOf(preset, today)).toEqual({ from, through });
  expect(periodOf(presetOf({ from, through }, today)!, today)).toEqual({ from, through });
});

test('a day that the calendar lacks is none', () => {
  expect(['2026-02-29', '2026-13-01', '26-1-1', '', null].map(text => isDay(text))).toEqual(Array(5).fill(false));
  expect(isDay('2028-02-29')).toBe(true);
});

test('a chart gets as many points as it can show', () => {
  expect(fittingInterval({ from: '2026-01-01', through: '2026-01-31' })).toBe('DAY');
  expect(fittingInterval({ from: '2026-01-01', through: '2026-06-30' })).toBe('WEEK');
  expect(fittingInterval({ from: '2020-01-01', through: '2026-06-30' })).toBe('MONTH');
  expect(possibleIntervals({ from: '2020-01-01', through: '2026-06-30' })).toEqual(['MONTH']);
});
