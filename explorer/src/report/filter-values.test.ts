import { isCut, meant, offered, uncarried, type KnownValues } from './filter-values';

const known: KnownValues = {
  filterValues: { subjects: ['Maths', 'arts', 'Zoology'], contentSources: ['Films'], frameworks: [], isComplete: true },
  competencyFilterValues: { subjects: ['Maths', 'Latin'], frameworks: ['core'], isComplete: true },
};

test('what activity and competencies carry is offered together, each once, in the order of the language', () => {
  expect(offered(known, 'subject')).toEqual(['arts', 'Latin', 'Maths', 'Zoology']);
  expect(offered(known, 'contentSource')).toEqual(['Films']);
  expect(offered(known, 'framework')).toEqual(['core']);
});

test('nothing is offered, and nothing amiss, where nothing could be read', () => {
  expect(offered(undefined, 'subject')).toEqual([]);
  expect(offered({ filterValues: null, competencyFilterValues: null }, 'subject')).toEqual([]);
  expect(uncarried({ subject: 'Sums' }, undefined)).toEqual([]);
  expect(uncarried({ subject: 'Sums' }, null)).toEqual([]);
});

test('a filter by a value that nothing carries is found, letter by letter, with what there is instead', () => {
  const filter = { subject: 'maths', contentSource: 'Films', framework: 'core' };
  expect(uncarried(filter, known.filterValues)).toEqual([
    { name: 'subject', value: 'maths', instead: ['arts', 'Maths', 'Zoology'] },
    { name: 'framework', value: 'core', instead: [] },
  ]);
  expect(uncarried({ ...filter, subject: 'Latin' }, known.competencyFilterValues)).toEqual([]);
  expect(uncarried({ subject: null }, known.filterValues)).toEqual([]);
});

test('blanks around what is written count only where they are those of a value', () => {
  expect([' Maths ', 'Maths ', ' '].map(written => meant(written, ['Maths ', 'arts']))).toEqual(['Maths', 'Maths ', '']);
});

test('where a list is cut, what is not in it may be there', () => {
  const cut = { ...known, filterValues: { ...known.filterValues!, isComplete: false } };
  expect(uncarried({ subject: 'Sums' }, cut.filterValues)).toEqual([]);
  expect([isCut(known), isCut(cut)]).toEqual([false, true]);
});
