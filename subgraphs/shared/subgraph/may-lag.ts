import { Kind, OperationTypeNode, type DocumentNode, type FieldNode, type SelectionSetNode } from 'graphql';

/**
 * Whether all that a document asks for may be answered of a moment ago: queries of the named fields, and of entities
 * (as the gateway asks for them) of the named types.
 */
export function lagJudge(names: readonly string[]): (document: DocumentNode) => boolean {
  const known = new WeakMap<DocumentNode, boolean>();
  const may = new Set(names);

  const fieldMayLag = ({ name, selectionSet }: FieldNode): boolean => {
    if (name.value === '__typename') return true;
    if (name.value !== '_entities') return may.has(name.value);
    return (selectionSet?.selections ?? []).every(selection => {
      if (selection.kind === Kind.FIELD) return selection.name.value === '__typename';
      return selection.kind === Kind.INLINE_FRAGMENT && may.has(selection.typeCondition?.name.value ?? '');
    });
  };
  /** Fragments on Query, which hardly anybody writes, are not looked into. */
  const allMayLag = ({ selections }: SelectionSetNode): boolean =>
    selections.every(selection => selection.kind === Kind.FIELD && fieldMayLag(selection));

  return document => {
    const remembered = known.get(document);
    if (remembered !== undefined) return remembered;
    const verdict = document.definitions.every(
      definition =>
        definition.kind !== Kind.OPERATION_DEFINITION ||
        (definition.operation === OperationTypeNode.QUERY && allMayLag(definition.selectionSet)),
    );
    known.set(document, verdict);
    return verdict;
  };
}
