import { createHash, randomUUID } from 'node:crypto';
import type { Response } from 'express';
import { getOperationAST, type DocumentNode } from 'graphql';
import type { Claims } from '../access/token';
import type { LongSpan } from '../tracing';

/** What there is to tell of a request, for its log line, the figures and the trace: gathered while it is answered. */
export interface RequestRecord {
  readonly id: string;
  /** Its route's pattern, such as GET /imports/:id: never the path itself, which may name somebody. */
  route?: string;
  /** The tenant's own id, as a token that holds says it. */
  tenant?: string;
  /** Where a super admin acts in another tenant: that one's id. */
  actingTenant?: string;
  operation?: OperationRecord;
  /** How many rows its lists may have, as far as that was counted. */
  rows?: number;
  /** How the graph came to its answer: from memory, by one subgraph alone, or by a plan. */
  answered?: 'memory' | 'direct' | 'plan';
  /** The codes of its errors. */
  readonly codes: Set<string>;
  span?: LongSpan;
}

export interface OperationRecord {
  type: 'query' | 'mutation' | 'subscription';
  /** As the query's author called it. */
  name?: string;
  /** Of the query's text, by which the same query is known again: the text itself may hold anything. */
  hash: string;
}

/** Only what can be nothing but a number is taken over: whatever else a caller sends would stand in logs. */
const soundId = /^[0-9a-f]{16,64}$|^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const newRecord = (asked?: string): RequestRecord => ({
  id: asked !== undefined && soundId.test(asked) ? asked : randomUUID(),
  codes: new Set(),
});

/** The record of the request that is being answered; of one that nobody keeps a record of, one to throw away. */
export const recordOf = ({ locals }: Pick<Response, 'locals'>): RequestRecord => (locals.record ??= newRecord()) as RequestRecord;

const hashes = new WeakMap<DocumentNode, string>();

function hashOf(document: DocumentNode, text: string): string {
  let hash = hashes.get(document);
  if (!hash) hashes.set(document, (hash = createHash('sha256').update(text).digest('hex').slice(0, 16)));
  return hash;
}

const longestName = 80;

/** Of a document that could be read; undefined where it does not have the operation that is asked for. */
export function operationOf(
  document: DocumentNode,
  { text, operationName }: { text: string; operationName: unknown },
): OperationRecord | undefined {
  const operation = getOperationAST(document, typeof operationName === 'string' ? operationName : undefined);
  if (!operation) return undefined;
  const name = operation.name?.value.slice(0, longestName);
  return { type: operation.operation, ...(name === undefined ? {} : { name }), hash: hashOf(document, text) };
}

const longestTenant = 100;

/** Who asks, as far as it may be told: the tenant, never the person. Another tenant is believed of super admins alone. */
export function recordCaller(record: RequestRecord, { tenant, roles }: Claims, actingTenant: string | undefined): void {
  record.tenant = tenant;
  if (actingTenant !== undefined && roles.includes('SUPER_ADMIN')) record.actingTenant = actingTenant.slice(0, longestTenant);
}
