import type { Transaction } from '../../shared/database/database';
import type { Filter } from './context-filter';

/** A subquery for the contexts that a filter lets through; $1 is the tenant, `add` adds a parameter. */
export function contextIds(filter: Filter, add: (value: string) => string): string {
  const { subject, contentSource, framework } = filter;
  const equals = (column: string, value: string | null | undefined): string[] =>
    value === null || value === undefined ? [] : [`activity_contexts.${column} = ${add(value)}`];
  const conditions = [
    ...equals('subject', subject),
    ...equals('content_source', contentSource),
    ...equals('framework', framework),
  ];
  return `select activity_contexts.id from activity_contexts
          where ${['activity_contexts.tenant_id = $1', ...conditions].join(' and ')}`;
}

/** What an activity or a competency says of itself that it can be filtered by; null where it says nothing. */
export interface Context {
  id: number;
  subject: string | null;
  contentSource: string | null;
  framework: string | null;
}

/** How many contexts a tenant has; of very many, so many. */
export async function countContexts(tx: Transaction): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    `select count(*)::int as count
     from (select from activity_contexts where activity_contexts.tenant_id = $1 limit 1000000) context`,
    [tx.tenantId],
  );
  return row!.count;
}

/** What stands behind the numbers of contexts, which never changes. */
export const selectContextsByNumber = (tx: Transaction, numbers: readonly number[]): Promise<Context[]> =>
  tx.query<Context>(
    `select activity_contexts.id, activity_contexts.subject, activity_contexts.content_source as "contentSource",
       activity_contexts.framework
     from activity_contexts
     where activity_contexts.tenant_id = $1 and activity_contexts.id = any($2)`,
    [tx.tenantId, numbers],
  );
