import { daysUntil } from './time-left';

const now = new Date('2026-03-10T12:00:00Z');

test.each([
  ['a moment before seven days have passed', '2026-03-17T11:59:59Z', 6],
  ['exactly seven days', '2026-03-17T12:00:00Z', 7],
  ['a day', '2026-03-11T12:00:00Z', 1],
  ['less than a day, though tomorrow', '2026-03-11T11:59:59Z', 0],
  ['what is past', '2026-03-01T00:00:00Z', 0],
  ['a moment of another time zone', '2026-03-12T17:30:00+05:30', 2],
])('no day is promised that is not there in full: %s', (_what, moment, days) => {
  expect(daysUntil(moment, now)).toBe(days);
});
