import {
  getOperationAST,
  GraphQLError,
  OperationTypeNode,
  type DocumentNode,
  type FormattedExecutionResult,
} from 'graphql';
import { auditRefusals, auditRefusedCaller, auditVisit, isAway, type Asked } from '../audit/refusals';
import type { Database } from '../database/database';
import { SeenOtherwise } from '../database/expected';
import type { SubgraphName } from '../environment';
import { inSpan, type OpenSpan, type SpanParts } from '../tracing';
import { answerOf, isProblem, type OnBug } from './answer';
import { answeredAt, answeredBehind } from './answered-at';
import type { Execute } from './compiled';
import type { CreateContext } from './context';

export interface SubgraphRequest extends Asked {
  /** Aborted when nobody waits for the answer any more. */
  signal?: AbortSignal | undefined;
}

export interface AnswererParts {
  name: SubgraphName;
  database: Database;
  createContext: CreateContext;
  run: Execute;
  /** Whether all that a document asks for may be answered of a moment ago. */
  mayLag: (document: DocumentNode) => boolean;
  now: () => Date;
  onBug: OnBug;
}

/** Answers one operation. Never rejects: what goes wrong is in the answer's errors, bugs masked. */
export function answerer(parts: AnswererParts): (request: SubgraphRequest) => Promise<FormattedExecutionResult> {
  const { name, database, mayLag } = parts;
  return asked =>
    inSpan(() => spanOf(name, asked), async span => {
      const ways: Way[] = [
        ...(database.replica && !asked.credentials.strong && mayLag(asked.document) ? ['replica' as const] : []),
        ...(isRead(asked) && asked.credentials.actingTenant === undefined ? ['ahead' as const] : []),
      ];
      for (const way of ways) {
        const answer = await answerOnce(asked, { ...parts, way, span });
        if (answer) return answer;
      }
      return (await answerOnce(asked, { ...parts, way: 'plain', span }))!;
    });
}

/** Of a replica; of the primary, going on by what the tenant's last read saw; of the primary, step by step. */
type Way = 'replica' | 'ahead' | 'plain';

/**
 * Undefined where the operation must go another way: a replica was asked, and something went wrong there; or the tenant was
 * not as it was expected to be.
 */
async function answerOnce(
  { signal, ...asked }: SubgraphRequest,
  { database, createContext, run, now, onBug, way, span }: AnswererParts & { way: Way; span: OpenSpan },
): Promise<FormattedExecutionResult | undefined> {
  const { document, variables = {}, operationName, credentials } = asked;
  const tellBug: OnBug = error => onBug(error, { requestId: credentials.requestId });
  try {
    const context = await createContext(credentials, { signal, mayLag: way === 'replica', ahead: way === 'ahead' });
    const { caller, session } = context;
    span.set({ 'strata.tenant_number': caller.tenantId });
    const trail = { database, now: context.now };
    try {
      if (isAway(caller) && isRead(asked)) await auditVisit(asked, caller, trail);
      const result = await run({ document, operationName, variables, context });
      if (!(await session.isAsExpected())) return undefined;
      const { lagging } = session;
      if (!isRead(asked)) database.replica?.hasWritten(caller.tenantId, caller.personId);
      if (lagging && !signal?.aborted && result.errors?.some(error => !isProblem(error))) {
        database.replica?.failed();
        return undefined;
      }
      const ownTenant = credentials.actingTenant === undefined;
      const version = ownTenant ? await session.version() : undefined;
      await session.close(); // before another transaction begins: one operation has one connection
      if (result.errors) await auditRefusals(asked, caller, { ...trail, errors: result.errors }).catch(tellBug);
      const answer = answerOf(result, tellBug);
      return lagging && !lagging.isLevel ? answeredBehind(answer) : answeredAt(answer, version);
    } finally {
      await session.close();
    }
  } catch (error) {
    if (error instanceof SeenOtherwise) return undefined;
    if (way === 'replica' && !signal?.aborted && !isProblem(error)) return undefined;
    await auditRefusedCaller(error, credentials, { database, now: now() }).catch(tellBug);
    return answerOf({ errors: [asGraphQLError(error)] }, tellBug);
  }
}

const spanOf = (subgraph: SubgraphName, { document, operationName }: SubgraphRequest): SpanParts => {
  const operation = getOperationAST(document, operationName);
  const attributes = {
    'strata.subgraph': subgraph,
    ...(operation ? { 'graphql.operation.type': operation.operation } : {}),
    ...(operation?.name ? { 'graphql.operation.name': operation.name.value } : {}),
  };
  return { name: `execute ${subgraph}`, attributes };
};

const isRead = ({ document, operationName }: SubgraphRequest): boolean =>
  getOperationAST(document, operationName)?.operation !== OperationTypeNode.MUTATION;

const asGraphQLError = (error: unknown): GraphQLError =>
  error instanceof GraphQLError ? error : new GraphQLError('', { originalError: error as Error });
