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
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { DocumentNode, ValueNode } from 'graphql';

/** A list that does not say how long it may be: levels, ancestors, roots. */
const usualLength = 10;
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
 * trend, and lists within lists multiplied. More than it will be, mostly, and never much less.
 */
export function expectedRows({ schema, document, operation, variables }: Asked): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  }
  const given = new Map<string, unknown>();
  for (const { variable, defaultValue } of operation.variableDefinitions ?? []) {
    const name = variable.name.value;
    given.set(name, variables[name] ?? (defaultValue ? plain(defaultValue, new Map()) : undefined));
  }
  const counted = new Map<SelectionSetNode, Map<string, number>>();

  /** The rows below one object; `first`: the length that the next list below it was asked for. */
  const below = (set: SelectionSetNode, type: GraphQLNamedType, first: number | undefined): number => {
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
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[node.name.value] : undefined;
    if (!field || !node.selectionSet) return 0;
    const named = getNamedType(field.type);
    if (!isCompositeType(named)) return 0;
    const args = argumentsOf(node, field, given);
    const asked = typeof args.first === 'number' ? Math.max(0, args.first) : first;
    if (!isListType(getNullableType(field.type))) return below(node.selectionSet, named, asked);
    const length = pointsOf(args) ?? asked ?? usualLength;
    return length * (1 + below(node.selectionSet, named, undefined));
  };

  const root = schema.getRootType(operation.operation);
  return root ? below(operation.selectionSet, root, undefined) : 0;
}

function argumentsOf(node: FieldNode, field: GraphQLField<unknown, unknown>, given: Map<string, unknown>) {
  const args: Record<string, unknown> = {};
  for (const { name, defaultValue } of field.args) args[name] = defaultValue;
  for (const { name, value } of node.arguments ?? []) {
    const stated = plain(value, given);
    if (stated !== undefined) args[name.value] = stated;
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
