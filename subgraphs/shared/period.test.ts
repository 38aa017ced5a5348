import { checkPeriod, dayAfter, intervalsOf, monthMasks, todayIn, weekOf } from './period';

test.each([
  ['2026-03-01', '2026-02-28', /must end on or after the day it begins.*2026-03-01.*2026-02-28/],
  ['2016-01-01', '2026-01-01', /10 years at most/],
])('a period from %s through %s is refused, and says why', (from, through, message) => {
  expect(() => checkPeriod({ from, through })).toThrow(message);
});

test.each([
  ['one day', '2026-03-01', '2026-03-01'],
  ['ten years', '2016-01-01', '2025-12-31'],
  ['ten years from a leap day', '2016-02-29', '2026-02-28'],
])('%s is a period', (_name, from, through) => {
  expect(checkPeriod({ from, through })).toEqual({ from, through });
});

test('weeks begin on Monday, across the turn of a year and of the epoch', () => {
  expect(['2026-01-01', '2025-12-29', '2024-12-31', '1970-01-01', '1969-12-28'].map(weekOf)).toEqual([
    '2025-12-29',
    '2025-12-29',
    '2024-12-30',
    '1969-12-29',
    '1969-12-22',
  ]);
});

test('months are masked to the days of the period', () => {
  expect(monthMasks({ from: '2026-01-30', through: '2026-03-02' })).toEqual([
    { month: '2026-01-01', mask: (1 << 29) | (1 << 30) },
    { month: '2026-02-01', mask: 2 ** 28 - 1 },
    { month: '2026-03-01', mask: 3 },
  ]);
});

test('intervals overlap the period, and the outer two are clipped to it', () => {
  expect(intervalsOf({ from: '2026-03-12', through: '2026-03-24' }, 'WEEK')).toEqual([
    { from: '2026-03-12', through: '2026-03-15' },
    { from: '2026-03-16', through: '2026-03-22' },
    { from: '2026-03-23', through: '2026-03-24' },
  ]);
  expect(intervalsOf({ from: '2026-01-31', through: '2026-03-01' }, 'MONTH')).toEqual([
    { from: '2026-01-31', through: '2026-01-31' },
    { from: '2026-02-01', through: '2026-02-28' },
    { from: '2026-03-01', through: '2026-03-01' },
  ]);
  expect(intervalsOf({ from: '2023-12-31', through: '2026-01-01' }, 'YEAR')).toEqual([
    { from: '2023-12-31', through: '2023-12-31' },
    { from: '2024-01-01', through: '2024-12-31' },
    { from: '2025-01-01', through: '2025-12-31' },
    { from: '2026-01-01', through: '2026-01-01' },
  ]);
  expect(intervalsOf({ from: '2024-02-28', through: '2024-03-01' }, 'DAY').map(({ from }) => from)).toEqual([
    '2024-02-28',
    '2024-02-29',
    '2024-03-01',
  ]);
});

test('the day after and today follow the calendar and the time zone', () => {
  expect(dayAfter('2024-02-28')).toBe('2024-02-29');
  const now = new Date('2026-03-20T20:30:00Z');
  expect([todayIn('UTC', now), todayIn('Asia/Kolkata', now), todayIn('America/New_York', now)]).toEqual([
    '2026-03-20',
    '2026-03-21',
    '2026-03-20',
  ]);
});
