import fc from 'fast-check';
import { withoutQuotes } from './plain-words';

test.each([
  ['invalid input syntax for type integer: "Ann Lee"', 'invalid input syntax for type integer: …'],
  ["Cannot read properties of undefined (reading 'O'Brien')", 'Cannot read properties of undefined (reading …)'],
  [`the file's "last, "first" line" can't be read`, `the file's … can't be read`],
  ['there is no `Ünal` in \'Ann', 'there is no … in …'],
  ['nothing is quoted here, and nobody\'s name stands in it', 'nothing is quoted here, and nobody\'s name stands in it'],
])('%s', (message, told) => expect(withoutQuotes(message)).toBe(told));

test('what is quoted is gone, whatever it is', () => {
  const name = fc.array(fc.constantFrom('x', 'Ü', "'", '"', '`', ' ', '7', '字', ':'), { minLength: 1 }).map(parts => `marta${parts.join('')}marta`);
  fc.assert(fc.property(name, fc.constantFrom('"', "'", '`'), (person, mark) => {
    expect(withoutQuotes(`there is no ${mark}${person}${mark}.`)).not.toContain('marta');
  }));
});
