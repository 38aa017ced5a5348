import type { Transaction } from '../../shared/database/database';
import { selectContextsByNumber, type Context } from './context.queries';

/** What activity or competencies can be filtered by: each value once, in the order of its characters. */
export interface FilterValues {
  subjects: string[];
  contentSources: string[];
  frameworks: string[];
  /** Whether each list has all there are. */
  isComplete: boolean;
}

/** In a list: nobody chooses from a longer one. */
export const mostFilterValues = 500;

/** Of some contexts; what one of them lacks is no value. */
export function filterValuesOf(contexts: readonly Context[]): FilterValues {
  const all = (['subject', 'contentSource', 'framework'] as const).map(name =>
    [...new Set(contexts.map(context => context[name]).filter(value => value !== null))].sort(),
  );
  const [subjects, contentSources, frameworks] = all.map(values => values.slice(0, mostFilterValues));
  const isComplete = all.every(({ length }) => length <= mostFilterValues);
  return { subjects: subjects!, contentSources: contentSources!, frameworks: frameworks!, isComplete };
}

const isSomething = (sums: object): boolean => Object.values(sums).some(sum => sum !== 0);

/**
 * The values with which nodes can be filtered, from their sums by context: those of which a filter leaves anything. Sums
 * of contexts are never below zero, so that none is hidden by another.
 */
export async function readFilterValues(
  tx: Transaction,
  found: ReadonlyMap<string, ReadonlyMap<number, object>>,
): Promise<(nodeId: string) => FilterValues> {
  const numbersOf = (nodeId: string): number[] =>
    [...(found.get(nodeId) ?? [])].filter(([, sums]) => isSomething(sums)).map(([number]) => number);
  const numbers = [...new Set([...found.keys()].flatMap(numbersOf))];
  const rows = numbers.length > 0 ? await selectContextsByNumber(tx, numbers) : [];
  const contexts = new Map(rows.map(context => [context.id, context]));
  return nodeId => filterValuesOf(numbersOf(nodeId).map(number => contexts.get(number)!));
}
