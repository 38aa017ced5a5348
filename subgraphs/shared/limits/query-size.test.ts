import { buildSchema, parse, specifiedRules, validate } from 'graphql';
import { defaultLimits as limits } from './limits';
import { sizeRule } from './query-size';

const limitsRule = sizeRule(limits);
const schema = buildSchema('type Query { a: Query b: Int }');

const refusals = (query: string): string[] =>
  validate(schema, parse(query), [...specifiedRules, limitsRule]).map(error => error.message);

const deep = (levels: number): string => (levels === 1 ? 'b' : `a { ${deep(levels - 1)} }`);
const wide = (count: number, field: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => field(index)).join(' ');

test.each([
  ['as deep as allowed', `{ ${deep(limits.depth)} }`],
  ['as many aliases as allowed', `{ a { ${wide(limits.aliases, n => `x${n}: b`)} } }`],
  ['as many root fields as allowed', `{ ${wide(limits.rootFields, n => `x${n}: b`)} }`],
  ['introspection, however deep', `{ __schema { types { ${'ofType { '.repeat(11)} name ${'} '.repeat(11)} } } }`],
])('%s passes', (_, query) => {
  expect(refusals(query)).toEqual([]);
});

test.each([
  ['one level too deep', `{ ${deep(limits.depth + 1)} }`, 'The query is 13 levels deep; it may be 12 at most.'],
  [
    'too deep through a fragment',
    `{ a { ...f } } fragment f on Query { ${deep(limits.depth)} }`,
    'The query is 13 levels deep; it may be 12 at most.',
  ],
  ['too many aliases', `{ a { ${wide(31, n => `x${n}: b`)} } }`, 'The query has 31 aliases; it may have 30 at most.'],
  [
    'aliases of a fragment that is spread twice',
    `{ x: a { ...f } y: a { ...f } } fragment f on Query { ${wide(15, n => `x${n}: b`)} }`,
    'The query has 32 aliases; it may have 30 at most.',
  ],
  [
    'too many root fields',
    `{ ${wide(11, n => `x${n}: b`)} ...f } fragment f on Query { ${wide(10, n => `y${n}: b`)} }`,
    'The query has 21 fields at its root; it may have 20 at most.',
  ],
  [
    'the same root field over and over',
    `{ ${wide(21, () => 'b')} }`,
    'The query has 21 fields at its root; it may have 20 at most.',
  ],
])('%s is refused', (_, query, message) => {
  expect(refusals(query)).toContain(message);
});

test('fragments that spread each other in a circle are refused, and quickly', () => {
  expect(refusals('{ ...f } fragment f on Query { a { ...g } } fragment g on Query { a { ...f } }')).toContainEqual(
    expect.stringContaining('Cannot spread fragment'),
  );
});

test('fragments that double at each step are measured once each', () => {
  const doubling = Array.from(
    { length: 40 },
    (_, n) => `fragment f${n} on Query { x: a { ...f${n + 1} } y: a { ...f${n + 1} } }`,
  );
  const begun = performance.now();
  const found = validate(schema, parse(`{ ...f0 } ${doubling.join(' ')} fragment f40 on Query { b }`), [limitsRule]);
  expect(found.map(error => error.message)).toContainEqual(expect.stringContaining('levels deep'));
  expect(performance.now() - begun).toBeLessThan(1_000);
});

test('a text of too many tokens is not parsed to its end', () => {
  expect(() => parse(`{ ${'b '.repeat(limits.tokens)} }`, { maxTokens: limits.tokens })).toThrow('2000 tokens');
});
