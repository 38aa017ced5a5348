import { buildSchema, parse, type OperationDefinitionNode } from 'graphql';
import { expectedRows } from './query-rows';

const schema = buildSchema(`
  input Period { from: String! through: String! }
  enum Interval { DAY WEEK MONTH }
  interface Named { name: String }
  type Query { node: Node report(first: Int = 50): Report nodes(first: Int): [Node!] }
  type Report { node: Row children: Rows! other: Row }
  type Rows { nodes: [Row!]! totalCount: Int }
  type Row { node: Node attempts: Int }
  type Node implements Named {
    name: String
    tags: [String!]!
    levels: [Node!]!
    children(first: Int = 50, after: String): Nodes!
    trend(period: Period!, interval: Interval!): [Point!]
  }
  type Nodes { nodes: [Node!]! totalCount: Int }
  type Point { from: String }
`);

const rowsOf = (query: string, variables: Record<string, unknown> = {}): number => {
  const document = parse(query);
  const operation = document.definitions.find(node => node.kind === 'OperationDefinition') as OperationDefinitionNode;
  return expectedRows({ schema, document, operation, variables });
};

const year = 'period: { from: "2026-01-01", through: "2026-12-31" }';

test.each<[string, string, number]>([
  ['a node', '{ node { name tags } }', 0],
  ['a list as long as usual', '{ node { levels { name } } }', 10],
  ['a page as long as asked for', '{ node { children(first: 7) { nodes { name } } } }', 7],
  ['a page without a word of its length', '{ node { children { nodes { name } } } }', 50],
  ['a page of which only the count is asked', '{ node { children(first: 1000) { totalCount } } }', 0],
  ['pages within a page', '{ node { children(first: 10) { nodes { children(first: 20) { nodes { name } } } } } }', 10 * (1 + 20)],
  ['three steps', '{ node { children { nodes { children { nodes { children { nodes { name } } } } } } } }', 50 * (1 + 50 * (1 + 50))],
  ['a report', '{ report(first: 100) { node { attempts } children { nodes { attempts } } } }', 100],
  ["a report's children with theirs", '{ report(first: 10) { children { nodes { node { children(first: 5) { nodes { name } } } } } } }', 10 * (1 + 5)],
  ['a list field with first', '{ nodes(first: 9) { levels { name } } }', 9 * (1 + 10)],
  ['a trend by days', `{ node { trend(${year}, interval: DAY) { from } } }`, 366],
  ['a trend by weeks', `{ node { trend(${year}, interval: WEEK) { from } } }`, 54],
  ['a trend by months', `{ node { trend(${year}, interval: MONTH) { from } } }`, 14],
  ['trends of a page', `{ node { children(first: 10) { nodes { trend(${year}, interval: DAY) { from } } } } }`, 10 * (1 + 366)],
  ['aliases', '{ a: node { children(first: 3) { nodes { name } } } b: node { children(first: 4) { nodes { name } } } }', 7],
  ['a fragment, each time it is spread', '{ a: node { ...f } b: node { ...f } } fragment f on Node { children(first: 3) { nodes { name } } }', 6],
  ['a fragment on an interface', '{ node { ... on Named { ... on Node { children(first: 3) { nodes { name } } } } } }', 3],
  ['less than nothing', '{ node { children(first: -5) { nodes { name } } } }', 0],
  ['a page whose length is null, as one without a word of it', '{ node { children(first: null) { nodes { name } } } }', 50],
  ['a list on the way to a page that has none of its own', '{ report(first: 0) { node { node { levels { children(first: 100) { nodes { name } } } } } } }', 10 * (1 + 100)],
  ['another list beside the page', '{ report(first: 3) { node { node { levels { name } } } children { nodes { attempts } } } }', 10 + 3],
  ['a fragment within itself', '{ node { ...f } } fragment f on Node { levels { ...f } }', 10],
  ['fields that there are not', '{ nothing { at { all } } }', 0],
])('%s', (_, query, rows) => {
  expect(rowsOf(query)).toBe(rows);
});

test.each<[string, string, Record<string, unknown>, number]>([
  ['given', '$n: Int', { n: 8 }, 8],
  ['left to its own default', '$n: Int = 6', {}, 6],
  ["left to the argument's", '$n: Int', {}, 50],
  ['that is null', '$n: Int', { n: null }, 50],
  ['that is null past its own default', '$n: Int = 0', { n: null }, 50],
  ['of a wrong kind', '$n: Int', { n: 'many' }, 10],
])('a variable %s', (_, declared, variables, rows) => {
  expect(rowsOf(`query (${declared}) { node { children(first: $n) { nodes { name } } } }`, variables)).toBe(rows);
});

test.each<[string, unknown, number]>([
  ['each that is named, with what is below it', [{}, {}, {}], 3 * (1 + 50)],
  ['none', [], 0],
  ['no list', 'x', 0],
])('entities past the planner count: %s', (_, all, rows) => {
  const query = 'query ($all: [_Any!]!) { _entities(representations: $all) { ... on Node { name children { nodes { name } } } } }';
  expect(rowsOf(query, { all })).toBe(rows);
});

test('a period in variables counts as one in the text', () => {
  const query = 'query ($p: Period!, $i: Interval!) { node { trend(period: $p, interval: $i) { from } } }';
  expect(rowsOf(query, { p: { from: '2026-01-01', through: '2026-01-31' }, i: 'DAY' })).toBe(32);
});

test('fragments that multiply at each step are counted at once', () => {
  const steps = Array.from({ length: 30 }, (_, n) => `fragment f${n} on Node { ${`levels { ...f${n + 1} } `.repeat(5)} }`);
  expect(rowsOf(`{ node { ...f0 } } ${steps.join(' ')} fragment f30 on Node { name }`)).toBeGreaterThan(1e30);
});
