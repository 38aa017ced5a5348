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
