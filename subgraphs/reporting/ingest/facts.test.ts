import fc from 'fast-check';
import { dayOf, factsOf, monthOf, type DayEvent, type Rows } from './facts';

const event = fc.record<DayEvent>({
  classNumber: fc.integer({ min: 1, max: 3 }),
  personNumber: fc.integer({ min: 1, max: 3 }),
  contextId: fc.integer({ min: 1, max: 2 }),
  // The turn of a leap year's February, and one before the days' first.
  day: fc.constantFrom(...['2024-02-28', '2024-02-29', '2024-03-01', '1999-12-31', '2000-01-31'].map(day => dayOf(Date.parse(day)))),
  kind: fc.constantFrom('ASSESSMENT', 'COLLECTION'),
  score: fc.option(fc.integer({ min: 0, max: 1_000_000 })),
  seconds: fc.option(fc.integer({ min: 0, max: 86_400 })),
});

const width = (numbers: number[], rows: Rows): number => (rows.count === 0 ? 1 : numbers.length / rows.count);
const cut = (numbers: number[], each: number): number[][] =>
  Array.from({ length: numbers.length / each }, (_, row) => numbers.slice(row * each, (row + 1) * each));
const rowsIn = (rows: Rows): [key: string, sums: number[]][] => {
  const sums = cut(rows.sums, width(rows.sums, rows));
  return cut(rows.keys, width(rows.keys, rows)).map((key, row) => [key.join(' '), sums[row]!]);
};

const isoDay = (day: number): string => new Date(Date.UTC(2000, 0, 1) + day * 86_400_000).toISOString().slice(0, 10);

/** Added up one event after the other. */
function added(events: readonly DayEvent[], keyOf: (event: DayEvent) => (number | string)[]) {
  const found = new Map<string, number[]>();
  for (const one of events) {
    if (one.score === null && !one.seconds) continue;
    const key = keyOf(one).join(' ');
    const [scores, attempts, collection, assessment] = found.get(key) ?? [0, 0, 0, 0];
    const seconds = one.seconds ?? 0;
    found.set(key, [
      ...[scores! + (one.score ?? 0), attempts! + (one.score === null ? 0 : 1)],
      ...[collection! + (one.kind === 'COLLECTION' ? seconds : 0), assessment! + (one.kind === 'ASSESSMENT' ? seconds : 0)],
    ]);
  }
  return found;
}

test('the facts of a batch are what its events add up to, of learners, of classes and by days of the month', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), events => {
      const { learners, classes, months } = factsOf(events);
      const byLearner = added(events, ({ personNumber, day, classNumber, contextId }) => [personNumber, day, classNumber, contextId]);
      expect(new Map(rowsIn(learners))).toEqual(byLearner);
      expect(rowsIn(learners)).toHaveLength(byLearner.size);
      const byClass = added(events, ({ classNumber, day, contextId }) => [classNumber, day, contextId]);
      expect(new Map(rowsIn(classes))).toEqual(byClass);
      expect(rowsIn(classes)).toHaveLength(byClass.size);

      const seen = new Set<string>();
      for (const { classNumber, contextId, personNumber, day, score, seconds } of events) {
        const who = `${classNumber} ${contextId} ${personNumber} ${isoDay(day)}`;
        if (score !== null) seen.add(`${who} scored`);
        if (seconds) seen.add(`${who} timed`);
      }
      const told: string[] = [];
      for (const [key, [scored, timed]] of rowsIn(months)) {
        const [classNumber, month, contextId, personNumber] = key.split(' ').map(Number);
        expect(isoDay(month!)).toMatch(/-01$/);
        for (let day = 0; day < 31; day++) {
          const who = `${classNumber} ${contextId} ${personNumber} ${isoDay(month! + day)}`;
          if ((scored! >> day) & 1) told.push(`${who} scored`);
          if ((timed! >> day) & 1) told.push(`${who} timed`);
        }
      }
      expect(told.sort()).toEqual([...seen].sort());
    }),
  );
});

test('rows come in the order of their keys, each once', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), events => {
      const compare = (a: number[], b: number[]): number => {
        const at = a.findIndex((value, index) => value !== b[index]);
        return at < 0 ? 0 : a[at]! - b[at]!;
      };
      for (const rows of Object.values(factsOf(events)) as Rows[]) {
        const keys = cut(rows.keys, width(rows.keys, rows));
        for (let row = 1; row < keys.length; row++) expect(compare(keys[row - 1]!, keys[row]!)).toBeLessThan(0);
      }
    }),
  );
});

test('the first day of a month is found for every day, in whatever order they are asked', () => {
  const days = Array.from({ length: 3_000 }, (_, index) => ((index * 7_919) % 60_000) - 36_500);
  for (const day of days) expect(isoDay(monthOf(day))).toBe(`${isoDay(day).slice(0, 7)}-01`);
});
