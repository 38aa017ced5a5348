import {
  GraphQLError,
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type SelectionSetNode,
  type ValidationRule,
} from 'graphql';
import type { Limits } from './limits';

interface Measure {
  /** Fields within fields. */
  depth: number;
  /** With those of fragments, as often as they are spread. */
  aliases: number;
  /** Fields on the outermost level. */
  fields: number;
}

export type SizeLimits = Pick<Limits, 'depth' | 'aliases' | 'rootFields'>;

/**
 * Refuses operations that are too deep or too wide; each fragment is measured once, however often it is spread.
 * Introspection counts for its aliases and root fields alone.
 */
export const sizeRule = (limits: SizeLimits): ValidationRule => context => ({
  Document(document) {
    for (const error of sizeErrors(document, limits)) context.reportError(error);
  },
});

/** What a document has too much of; quickly told, before GraphQL's own rules, some of which compare each field with each. */
export function sizeErrors(document: DocumentNode, limits: SizeLimits): GraphQLError[] {
  const errors: GraphQLError[] = [];
  const measure = measurer(document);
  for (const operation of document.definitions) {
    if (operation.kind !== Kind.OPERATION_DEFINITION) continue;
    const { depth, aliases, fields } = measure(operation.selectionSet);
    const refuse = (message: string) => errors.push(new GraphQLError(message, { nodes: operation }));
    if (depth > limits.depth) refuse(`The query is ${depth} levels deep; it may be ${limits.depth} at most.`);
    if (aliases > limits.aliases) refuse(`The query has ${aliases} aliases; it may have ${limits.aliases} at most.`);
    if (fields > limits.rootFields) {
      refuse(`The query has ${fields} fields at its root; it may have ${limits.rootFields} at most.`);
    }
  }
  return errors;
}

function measurer(document: DocumentNode): (selectionSet: SelectionSetNode) => Measure {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  }
  const measured = new Map<string, Measure>();

  const ofFragment = (name: string): Measure => {
    const known = measured.get(name);
    if (known) return known;
    measured.set(name, nothing); // a fragment that spreads itself is refused by a rule of GraphQL's own
    const fragment = fragments.get(name);
    const result = fragment ? measure(fragment.selectionSet) : nothing;
    measured.set(name, result);
    return result;
  };

  const measure = (selectionSet: SelectionSetNode): Measure => {
    const total = { ...nothing };
    for (const selection of selectionSet.selections) {
      if (selection.kind === Kind.FIELD) {
        const below = selection.selectionSet ? measure(selection.selectionSet) : nothing;
        const isIntrospection = selection.name.value.startsWith('__');
        total.fields += 1;
        total.depth = Math.max(total.depth, isIntrospection ? 1 : 1 + below.depth);
        total.aliases += below.aliases + (selection.alias ? 1 : 0);
      } else {
        const part =
          selection.kind === Kind.INLINE_FRAGMENT ? measure(selection.selectionSet) : ofFragment(selection.name.value);
        total.fields += part.fields;
        total.depth = Math.max(total.depth, part.depth);
        total.aliases += part.aliases;
      }
    }
    return total;
  };
  return measure;
}

const nothing: Measure = { depth: 0, aliases: 0, fields: 0 };

/** A subgraph's schema in one piece, for routers that compose it themselves: introspection by another name. */
export const noServiceRule: ValidationRule = context => ({
  Field(node) {
    if (node.name.value === '_service') {
      context.reportError(new GraphQLError('_service is switched off here (STRATA_INTROSPECTION).', { nodes: node }));
    }
  },
});
