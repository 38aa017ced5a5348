import type { GraphQLDataSource, GraphQLDataSourceProcessOptions } from '@apollo/gateway';
import { GraphQLDataSourceRequestKind } from '@apollo/gateway/dist/datasources/types';
import { Kind, type FormattedExecutionResult, type GraphQLFormattedError, type GraphQLSchema, type SelectionSetNode } from 'graphql';
import type { Credentials } from '../subgraphs/shared/access/caller';
import { Problem, toProblem } from '../subgraphs/shared/errors';
import { roomForNamed } from '../subgraphs/shared/limits/limits';
import { expectedRows, tooManyRows } from '../subgraphs/shared/limits/query-rows';
import { documentStore } from '../subgraphs/shared/subgraph/documents';
import type { RequestRecord } from '../subgraphs/shared/subgraph/request-record';
import { wasBehind } from '../subgraphs/shared/subgraph/answered-at';
import { inSpan } from '../subgraphs/shared/tracing';
import type { Fetch, SubgraphConnection } from './connection';

export interface GatewayContext {
  credentials: Credentials;
  /** For the request's log line. */
  record: RequestRecord;
  /** Aborted when the operation has taken too long, or nobody waits for its answer. */
  signal: AbortSignal;
  /** Resolves when it is this operation's turn, which may have so many rows. */
  turn(rows: number): Promise<void>;
  /**
   * `version`: filled where one subgraph answered the whole question at one version of the tenant. `behind`: whether any
   * part of the answer is of a moment before the tenant's version.
   */
  answered?: { version?: string; behind?: boolean };
  /** What the one subgraph said to the question as it came, where that was no answer: it is not asked again. */
  refused?: FormattedExecutionResult;
  /** What it answered to the whole question, where that has errors. */
  direct?: { answer: FormattedExecutionResult; from: string };
}

type Answer = Awaited<ReturnType<GraphQLDataSource['process']>>;

/** The planner's fetches to one subgraph. A subgraph that gives no answer leaves its own fields null, with an error. */
export class SubgraphDataSource implements GraphQLDataSource<GatewayContext> {
  private readonly documentOf = documentStore();

  /** `mostRows`: that the lists of a query may have in all. */
  constructor(
    private readonly connection: SubgraphConnection,
    private readonly mostRows: number,
  ) {}

  async process(options: GraphQLDataSourceProcessOptions<GatewayContext>): Promise<Answer> {
    if (options.kind !== GraphQLDataSourceRequestKind.INCOMING_OPERATION) {
      throw new Error('subgraphs are checked by /readyz, and their schemas read from the supergraph');
    }
    const query = options.request.query!;
    const variables = options.request.variables as Record<string, unknown> | undefined;
    let result: FormattedExecutionResult;
    try {
      this.refuseTooMany({ query, variables, schema: options.incomingRequestContext.schema });
      const { credentials, signal, refused } = options.context;
      const { operationName } = options.request;
      const asked = { query, variables, operationName, credentials, signal };
      result = refused ?? (await unlessAborted(fetchTraced(this.connection, asked), signal));
      if (options.context.answered && wasBehind(result)) options.context.answered.behind = true;
    } catch (error) {
      const { message, extensions } = toProblem(error);
      result = { errors: [{ message, extensions }] };
    }
    const errors = result.errors?.flatMap(error => (error.path ? [error] : this.placed(error, { query, variables })));
    return { ...result, ...(errors ? { errors } : {}) } as unknown as Answer;
  }

  /**
   * Of a list that does not say how long it may be, such as the roots of a view, the length is known only now: what is
   * asked of each of its elements may be far more than was reckoned with before.
   */
  private refuseTooMany({ query, variables = {}, schema }: Pick<Fetch, 'query' | 'variables'> & { schema: GraphQLSchema }): void {
    const { representations } = variables;
    if (!Array.isArray(representations) || representations.length < 2) return;
    const document = this.documentOf(query);
    const operation = document.definitions.find(node => node.kind === Kind.OPERATION_DEFINITION)!;
    const rows = expectedRows({ schema, document, operation, variables });
    const most = roomForNamed * this.mostRows;
    if (rows > most) throw tooManyRows(rows, most);
  }

  /**
   * An error without a path is about all that was asked for: it is told of each field. Where several entities were
   * asked for, it is told once, with the way to their list (the gateway puts that before an empty path).
   */
  private placed(
    error: GraphQLFormattedError,
    { query, variables }: { query: string; variables: Record<string, unknown> | undefined },
  ): GraphQLFormattedError[] {
    const operation = this.documentOf(query).definitions.find(node => node.kind === Kind.OPERATION_DEFINITION)!;
    const representations = variables?.representations;
    if (!Array.isArray(representations)) {
      return fieldsOf(operation.selectionSet).map(name => ({ ...error, path: [name] }));
    }
    if (representations.length > 1) return [{ ...error, path: [] }];
    const [entities] = operation.selectionSet.selections;
    const fields = entities?.kind === Kind.FIELD && entities.selectionSet ? fieldsOf(entities.selectionSet) : [];
    return fields.map(name => ({ ...error, path: ['_entities', 0, name] }));
  }
}

/** A subgraph's answer, in a span of its own. */
export const fetchTraced = (connection: SubgraphConnection, asked: Fetch): Promise<FormattedExecutionResult> =>
  inSpan(() => ({ name: `fetch ${connection.name}`, kind: 'client', attributes: { 'strata.subgraph': connection.name } }), () =>
    connection.fetch(asked),
  );

/** What a subgraph does not end by itself, the gateway no longer waits for. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      reject(new Problem('UNAVAILABLE', 'This took too long. Please ask for less, or try again.'));
    };
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}

/** The names under which a selection's fields are answered; the planner's queries spread no named fragments here. */
function fieldsOf(selectionSet: SelectionSetNode): string[] {
  const names = selectionSet.selections.flatMap(selection => {
    if (selection.kind === Kind.FIELD) return [(selection.alias ?? selection.name).value];
    return selection.kind === Kind.INLINE_FRAGMENT ? fieldsOf(selection.selectionSet) : [];
  });
  return [...new Set(names)].filter(name => name !== '__typename');
}
