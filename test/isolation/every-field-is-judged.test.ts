import { buildSchema, extendSchema, parse, printSchema } from 'graphql';
import { readSupergraph } from '../../gateway/supergraph';
import { subgraphs } from '../../subgraphs';
import { harmless } from './mutations';
import { fieldsOf, fieldsWithoutRule, publicSchema } from './oracle';
import { routes } from './routes';
import { carryNothing, rules } from './rules';

/**
 * A field that nobody thought of is a field that may leak. Whoever adds one says what it is for a caller, in one of
 * test/isolation/rules-of-*.ts, or in rules.ts why it carries nothing of a tenant.
 */
const supergraph = publicSchema(readSupergraph());
const schemas = [supergraph, ...subgraphs.map(({ schema }) => buildSchema(printSchema(schema), { assumeValid: true }))];

test('every field of the supergraph and of each subgraph is judged, or carries nothing of a tenant', () => {
  expect([...new Set(schemas.flatMap(fieldsWithoutRule))]).toEqual([]);
});

test('a field that is added without a rule is noticed', () => {
  const more = extendSchema(supergraph, parse('extend type HierarchyNode { budget: Int } type Teacher { name: String }'), { assumeValid: true });
  expect(fieldsWithoutRule(more)).toEqual(['HierarchyNode.budget', 'Teacher.name']);
});

test('rules are of fields that there are', () => {
  const known = new Set(schemas.flatMap(fieldsOf));
  expect([...Object.keys(rules), ...Object.keys(carryNothing)].filter(field => !known.has(field))).toEqual([]);
});

test('every mutation is asked for, and every route', () => {
  const mutations = Object.keys(supergraph.getMutationType()!.getFields()).sort();
  expect(Object.keys(harmless).sort()).toEqual(mutations);
  const known = subgraphs.flatMap(subgraph => subgraph.routes.map(({ method, path }) => `${method} ${path}`)).sort();
  expect(Object.keys(routes).sort()).toEqual(known);
});
