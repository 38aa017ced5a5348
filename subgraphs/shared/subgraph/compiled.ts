import { execute, getOperationAST, OperationTypeNode, type DocumentNode, type ExecutionResult, type GraphQLSchema } from 'graphql';
import { counter } from '../metrics';
import { compileQuery, isCompiledQuery, type CompiledQuery } from 'graphql-jit';

const executed = counter(
  'strata_compiled_operations_total',
  'Operations that a subgraph executed, by whether it had their compiled form (hit), made it (made), or interpreted them (interpreted).',
  ['outcome'],
);

export interface Execution {
  document: DocumentNode;
  operationName: string | undefined;
  variables: Record<string, unknown>;
  context: unknown;
}

export type Execute = (execution: Execution) => Promise<ExecutionResult>;

/** What became of a document that was asked before: its compiled form, or that it has none. */
type Known = CompiledQuery | 'interpreted' | 'once';

/**
 * Executes operations: a document that comes again is compiled, which takes some milliseconds once and makes each
 * execution several times as fast; one that comes once is interpreted. Documents are told apart as objects: whoever
 * sends the same text keeps what was parsed of it.
 */
export function executor(schema: GraphQLSchema): Execute {
  const documents = new WeakMap<DocumentNode, Map<string, Known>>();

  const compiled = (document: DocumentNode, operationName: string | undefined): CompiledQuery | undefined => {
    let operations = documents.get(document);
    if (!operations) documents.set(document, (operations = new Map()));
    const name = operationName ?? '';
    const known = operations.get(name);
    if (known === undefined) operations.set(name, 'once');
    if (known !== 'once') {
      const query = known === undefined || known === 'interpreted' ? undefined : known;
      executed.inc({ outcome: query ? 'hit' : 'interpreted' });
      return query;
    }
    // What has errors is executed once more (below), which a mutation must not be.
    if (getOperationAST(document, operationName)?.operation !== OperationTypeNode.QUERY) {
      operations.set(name, 'interpreted');
      executed.inc({ outcome: 'interpreted' });
      return undefined;
    }
    const made = compileQuery(schema, document, operationName);
    executed.inc({ outcome: isCompiledQuery(made) ? 'made' : 'interpreted' });
    operations.set(name, isCompiledQuery(made) ? made : 'interpreted');
    return isCompiledQuery(made) ? made : undefined;
  };

  const interpreted = ({ document, operationName, variables, context }: Execution) =>
    execute({ schema, document, contextValue: context, variableValues: variables, operationName: operationName ?? null });

  return async execution => {
    const query = compiled(execution.document, execution.operationName);
    if (!query) return interpreted(execution);
    const result = await query.query(undefined, execution.context, execution.variables);
    // Where nothing was executed, since the variables do not fit, graphql-js says so in the words that clients know. And
    // it alone tells errors within lists: compiled, each takes a place beside its element's own, and those behind it move.
    return 'data' in result && !result.errors?.length ? result : interpreted(execution);
  };
}
