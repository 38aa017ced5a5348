import fc from 'fast-check';
import { changed, readView, sizes, writeView, type View } from './view';

const today = '2026-03-15';
const day = fc.date({ min: new Date('2020-01-01'), max: new Date('2026-03-15'), noInvalidDate: true }).map(date => date.toISOString().slice(0, 10));
const text = fc.string({ minLength: 1 });
const view: fc.Arbitrary<View> = fc
  .record({
    node: fc.option(text),
    hierarchy: fc.option(text),
    days: fc.tuple(day, day),
    filter: fc.record({ subject: text, contentSource: text, framework: text }, { requiredKeys: [] }),
    chart: fc.constantFrom('score', 'attempts', 'time', 'competencies'),
    order: fc.option(
      fc.record({ by: fc.constantFrom('NAME', 'LEARNERS', 'ATTEMPTS'), direction: fc.constantFrom('ASC', 'DESC') }),
    ),
    pages: fc.array(text, { maxLength: 3 }),
    size: fc.constantFrom(...sizes),
  })
  .map(({ days, ...rest }) => {
    const [from, through] = days.sort() as [string, string];
    return { ...rest, period: { from, through }, interval: 'MONTH' } as View;
  });

test('the address holds the whole view', () => {
  fc.assert(
    fc.property(view, shown => {
      expect(readView(new URLSearchParams(writeView(shown).toString()), today)).toEqual(shown);
    }),
  );
});

test('an address with nonsense opens what a first visit shows', () => {
  const nonsense = new URLSearchParams('from=x&through=2026-01-01&order=WEIGHT.UP&size=7&chart=pie&interval=YEAR');
  expect(readView(nonsense, today)).toEqual(readView(new URLSearchParams(), today));
});

test('another node or order begins at the first page', () => {
  const here = { ...readView(new URLSearchParams(), today), pages: ['a', 'b'] };
  expect(changed(here, { node: 'n' }).pages).toEqual([]);
  expect(changed(here, { chart: 'time', pages: here.pages }).pages).toEqual(['a', 'b']);
});
