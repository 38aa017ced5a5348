import {
  buildASTSchema,
  execute,
  getNamedType,
  getNullableType,
  GraphQLList,
  isEnumType,
  isLeafType,
  isListType,
  isObjectType,
  isUnionType,
  parse,
  printSchema,
  visit,
  type ExecutionResult,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
} from 'graphql';
import { anything, Refusal, type Judging } from './judging';
import type { Place } from './pages';
import { carryNothing, rules } from './rules';

interface Refused {
  root: string;
  code: string;
}

/** What the answer to a question must be. */
export interface Expected {
  data: unknown;
  /** What is refused, by the field of the root below which it is. */
  refused: Refused[];
  /** These, and those that are not told where another one takes what is around them with it. */
  possible: Refused[];
  /** The paths of values that are not judged here. */
  free: Set<string>;
  /** The paths of cursors, with what they must stand for. */
  cursors: Map<string, Place>;
  /** The fields that have a value, as Type.field. */
  valued: Set<string>;
}

export type Oracle = (question: { query: string; variables: Record<string, unknown> }, judging: Judging) => Expected;

/** The graph as its clients see it, of the supergraph's text: without the directives by which it is planned. */
export function publicSchema(supergraph: string): GraphQLSchema {
  const planning = (name: string) => /^(join|link)__/.test(name) || name === 'link';
  const document = visit(parse(supergraph), {
    Directive: node => (planning(node.name.value) ? null : undefined),
    enter: node =>
      'name' in node && node.kind.endsWith('Definition') && node.name && planning(node.name.value) ? null : undefined,
  });
  return buildASTSchema(document, { assumeValid: true });
}

/** Answers questions of a schema by the rules instead of by the service; GraphQL itself sees to aliases and fragments. */
export function oracleOf(schema: GraphQLSchema): Oracle {
  const known = oracles.get(schema) ?? makeOracle(schema);
  oracles.set(schema, known);
  return known;
}
const oracles = new WeakMap<GraphQLSchema, Oracle>();

function makeOracle(schema: GraphQLSchema): Oracle {
  const judged = judgedCopy(schema);
  // A refusal that takes what is around it with it is not always the first: here each of them stays where it is.
  const apart = judgedCopy(schema);
  for (const type of Object.values(apart.getTypeMap())) {
    if (isObjectType(type)) for (const field of Object.values(type.getFields())) field.type = allNullable(field.type);
  }
  return ({ query, variables }, judging) => {
    const answer = (copy: GraphQLSchema) => {
      const context: Context = { judging, free: new Set(), cursors: new Map(), valued: new Set() };
      const result = execute({ schema: copy, document: parse(query), contextValue: context, variableValues: variables }) as ExecutionResult;
      const refused = (result.errors ?? []).map(error => {
        if (!(error.originalError instanceof Refusal)) throw error.originalError ?? error;
        return { root: rootOf(error.path), code: error.originalError.code };
      });
      const { judging: _judging, ...found } = context;
      return { data: result.data, refused, ...found };
    };
    const expected = answer(judged);
    return { ...expected, possible: expected.refused.length > 0 ? answer(apart).refused : [] };
  };
}

function allNullable(type: GraphQLOutputType): GraphQLOutputType {
  const nullable = getNullableType(type);
  return isListType(nullable) ? new GraphQLList(allNullable(nullable.ofType as GraphQLOutputType)) : nullable;
}

function judgedCopy(schema: GraphQLSchema): GraphQLSchema {
  const copy = buildASTSchema(parse(printSchema(schema)), { assumeValid: true });
  for (const type of Object.values(copy.getTypeMap())) {
    if (isUnionType(type)) type.resolveType = (value: { __typename: string }) => value.__typename;
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) field.resolve = judge;
  }
  return copy;
}

/** `_entities` has a refusal for each element. */
export const rootOf = (path: readonly (string | number)[] | undefined): string =>
  path === undefined ? '' : typeof path[1] === 'number' && path.length === 2 ? path.join('.') : String(path[0]);

interface Context extends Omit<Expected, 'data' | 'refused' | 'possible'> {
  judging: Judging;
}

function judge(parent: unknown, args: unknown, { judging, free, cursors, valued }: Context, info: GraphQLResolveInfo): unknown {
  const coordinate = `${info.parentType.name}.${info.fieldName}`;
  const rule = rules[coordinate];
  if (!rule && !(coordinate in carryNothing)) throw new Error(`test/isolation has no rule for ${coordinate}`);
  const path = pathText(info.path);
  const value = rule ? rule(unwrapped(parent), args, judging) : anything;
  if (value !== null) valued.add(coordinate);
  if (value === anything) {
    free.add(path);
    return placeholder(info.returnType);
  }
  if (info.returnType && isPlace(value)) {
    cursors.set(path, value);
    return path;
  }
  return value; // a refusal in a list is an element's own, for graphql-js too
}

const unwrapped = (parent: unknown): unknown =>
  typeof parent === 'object' && parent !== null && 'found' in parent ? parent.found : parent;

const isPlace = (value: unknown): value is Place => typeof value === 'object' && value !== null && 'last' in value && 'question' in value;

function placeholder(type: GraphQLOutputType): unknown {
  const named = getNamedType(type);
  if (!isLeafType(named) && !isObjectType(named)) throw new Error(`nothing can stand for ${named.name}`);
  const one = isEnumType(named) ? named.getValues()[0]!.value : isLeafType(named) ? (named.name === 'Boolean' ? true : ['Int', 'Float'].includes(named.name) ? 0 : '') : {};
  return isListType(getNullableType(type)) ? [one] : one;
}

function pathText(path: GraphQLResolveInfo['path'] | undefined): string {
  const keys: (string | number)[] = [];
  for (let at = path; at; at = at.prev) keys.unshift(at.key);
  return keys.join('.');
}

/** The fields that would be told without being judged. */
export const fieldsWithoutRule = (schema: GraphQLSchema): string[] =>
  fieldsOf(schema).filter(field => !(field in rules) && !(field in carryNothing));

/** Every field of a schema, as Type.field, introspection aside. */
export const fieldsOf = (schema: GraphQLSchema): string[] =>
  Object.values(schema.getTypeMap())
    .filter(type => isObjectType(type) && !type.name.startsWith('__'))
    .flatMap(type => (isObjectType(type) ? Object.keys(type.getFields()).map(field => `${type.name}.${field}`) : []))
    .sort();
