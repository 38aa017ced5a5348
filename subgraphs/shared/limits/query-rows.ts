import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { DocumentNode, ValueNode } from 'graphql';
import { Problem } from '../errors';

/** A list that does not say how long it may be: levels, ancestors, roots. */
const usualLength = 10;
const pageField = 'nodes';
const daysOf: Record<string, number> = { DAY: 1, WEEK: 7, MONTH: 30, YEAR: 365 };
const millisecondsOfADay = 86_400_000;

export interface Asked {
  schema: GraphQLSchema;
  document: DocumentNode;
  operation: OperationDefinitionNode;
  /** As they came: what they should be is checked elsewhere. */
  variables: Record<string, unknown>;
}

/**
 * How many rows the lists of a query may have in all, before anything is read: `first` of each list, the points of a
 * trend, the entities that are named, and lists within lists multiplied. More than it will be, mostly; how long a list is
 * that does not say it, the roots of a view above all, is asked again once that is known (`refuseTooManyBelow`, and where
 * the gateway goes on from such a list with entities).
 */
export function expectedRows({ schema, document, operation, variables }: Asked): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  }
  const given = new Map<string, unknown>();
  for (const { variable, defaultValue } of operation.variableDefinitions ?? []) {
    const name = variable.name.value;
    // A null that was sent is no variable left out: its default does not stand for it.
    given.set(name, Object.hasOwn(variables, name) ? variables[name] : defaultValue && plain(defaultValue, new Map()));
  }
  const root = schema.getRootType(operation.operation);
  return root ? rowCounter({ schema, fragments, given })(operation.selectionSet, root, undefined) : 0;
}

/** Refuses a list, by now known to be `length` long, whose elements' own lists may have more rows in all than `most`. */
export function refuseTooManyBelow({ schema, fragments, fieldNodes, returnType, variableValues }: GraphQLResolveInfo, length: number, most: number): void {
  const below = rowCounter({ schema, fragments: new Map(Object.entries(fragments)), given: new Map(Object.entries(variableValues)) });
  const type = getNamedType(returnType);
  let rows = 0;
  for (const { selectionSet } of fieldNodes) if (selectionSet) rows += length * below(selectionSet, type, undefined);
  if (rows > most) throw tooManyRows(rows, most);
}

/** What a caller is told whose query may have more rows than are allowed. */
export function tooManyRows(rows: number, most: number): Problem {
  const [found, allowed] = [rows, most].map(number => number.toLocaleString('en'));
  return new Problem('TOO_LARGE', `The query's lists may have ${found} rows in all; ${allowed} at most: ask for fewer with first.`);
}

interface Counting {
  schema: GraphQLSchema;
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Variables by name. */
  given: Map<string, unknown>;
}

type RowsBelow = (set: SelectionSetNode, type: GraphQLNamedType, first: number | undefined) => number;

function rowCounter({ schema, fragments, given }: Counting): RowsBelow {
  const counted = new Map<SelectionSetNode, Map<string, number>>();

  /** The rows below one object; `first`: the length that the next list below it was asked for. */
  const below: RowsBelow = (set, type, first) => {
    const key = `${type.name} ${first}`;
    const known = counted.get(set)?.get(key);
    if (known !== undefined) return known;
    const bySet = counted.get(set) ?? new Map<string, number>();
    counted.set(set, bySet.set(key, 0)); // of a fragment within itself, which GraphQL refuses
    let rows = 0;
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) rows += ofField(selection, type, first);
      else if (selection.kind === Kind.INLINE_FRAGMENT) {
        rows += below(selection.selectionSet, conditionOf(selection.typeCondition?.name.value, type), first);
      } else {
        const fragment = fragments.get(selection.name.value);
        if (fragment) rows += below(fragment.selectionSet, conditionOf(fragment.typeCondition.name.value, type), first);
      }
    }
    bySet.set(key, rows);
    return rows;
  };
  const conditionOf = (name: string | undefined, type: GraphQLNamedType): GraphQLNamedType =>
    (name === undefined ? undefined : schema.getType(name)) ?? type;

  const ofField = (node: FieldNode, type: GraphQLNamedType, first: number | undefined): number => {
    if (node.name.value === '_entities' && node.selectionSet) return namedIn(node) * (1 + below(node.selectionSet, type, undefined));
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[node.name.value] : undefined;
    if (!field || !node.selectionSet) return 0;
    const named = getNamedType(field.type);
    if (!isCompositeType(named)) return 0;
    const args = argumentsOf(node, field, given);
    const asked = typeof args.first === 'number' ? Math.max(0, args.first) : first;
    if (!isListType(getNullableType(field.type))) return below(node.selectionSet, named, asked);
    // Pages have their elements in `nodes`; of another list on the way down, the length of a page says nothing.
    const paged = typeof args.first === 'number' || node.name.value === pageField ? asked : undefined;
    const length = pointsOf(args) ?? paged ?? usualLength;
    return length * (1 + below(node.selectionSet, named, undefined));
  };

  /** How many entities a request of a subgraph names; their types stand in the selection. */
  const namedIn = (node: FieldNode): number => {
    const [all] = (node.arguments ?? []).map(({ value }) => plain(value, given));
    return Array.isArray(all) ? all.length : 0;
  };
  return below;
}

function argumentsOf(node: FieldNode, field: GraphQLField<unknown, unknown>, given: Map<string, unknown>) {
  const args: Record<string, unknown> = {};
  for (const { name, defaultValue } of field.args) args[name] = defaultValue;
  for (const { name, value } of node.arguments ?? []) {
    const stated = plain(value, given);
    if (stated !== undefined && stated !== null) args[name.value] = stated; // null is as good as left out
  }
  return args;
}

/** The points of a trend: the period's days by those of the interval, with one more at each end. */
function pointsOf({ interval, period }: Record<string, unknown>): number | undefined {
  const days = daysOf[String(interval)];
  const { from, through } = (period ?? {}) as { from?: unknown; through?: unknown };
  const length = Date.parse(String(through)) - Date.parse(String(from));
  if (days === undefined || !(length >= 0)) return undefined;
  return Math.ceil((length / millisecondsOfADay + 1) / days) + 1;
}

function plain(node: ValueNode, given: Map<string, unknown>): unknown {
  switch (node.kind) {
    case Kind.VARIABLE:
      return given.get(node.name.value);
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value);
    case Kind.OBJECT:
      return Object.fromEntries(node.fields.map(({ name, value }) => [name.value, plain(value, given)]));
    case Kind.LIST:
      return node.values.map(value => plain(value, given));
    case Kind.NULL:
      return null;
    default:
      return node.value;
  }
}
