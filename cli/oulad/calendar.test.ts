import { addDays, noonInLondon, presentationStart, wholeDays } from './calendar';

test.each([
  ['2013B', '2013-02-01'],
  ['2014J', '2014-10-01'],
  ['2014X', null],
  ['14J', null],
  ['', null],
])('presentation %s starts on %s', (code, start) => {
  expect(presentationStart(code)).toBe(start);
});

test.each([
  ['2013-10-26', '2013-10-26T11:00:00.000Z'],
  ['2013-10-27', '2013-10-27T12:00:00.000Z'],
  ['2014-03-29', '2014-03-29T12:00:00.000Z'],
  ['2014-03-30', '2014-03-30T11:00:00.000Z'],
])('noon on %s, about a change of the clocks, is %s', (date, instant) => {
  expect(noonInLondon(date)).toBe(instant);
});

test('days are counted over the end of a year, and back before the start', () => {
  expect(addDays('2013-10-01', 92)).toBe('2014-01-01');
  expect(addDays('2013-10-01', -1)).toBe('2013-09-30');
});

test.each([['19', 19], ['-11', -11], ['19.0', 19], ['19.5', null], ['', null], ['soon', null], ['1e9', null]])(
  'the day %j is %s',
  (text, day) => expect(wholeDays(text)).toBe(day),
);
