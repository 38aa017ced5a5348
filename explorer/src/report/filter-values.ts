import type { FilterValuesQuery, MetricFilter } from '../graph/operations';

export const filters = ['subject', 'contentSource', 'framework'] as const;
export type FilterName = (typeof filters)[number];

/** What a node can be filtered by; what could not be read is null. */
export type KnownValues = Pick<
  NonNullable<FilterValuesQuery['hierarchyNode']>,
  'filterValues' | 'competencyFilterValues'
>;
type Values = { isComplete: boolean } & { [name in ListName]?: readonly string[] };
type ListName = 'subjects' | 'contentSources' | 'frameworks';

const lists: Record<FilterName, ListName> = {
  subject: 'subjects',
  contentSource: 'contentSources',
  framework: 'frameworks',
};
const byName = new Intl.Collator(typeof navigator === 'undefined' ? undefined : navigator.language, { numeric: true });
const inOrder = (values: readonly string[]): string[] => values.toSorted(byName.compare);

/** What is offered for a filter: it is one of activity and of competencies alike. */
export function offered(known: KnownValues | undefined, name: FilterName): string[] {
  const both: (Values | null | undefined)[] = [known?.filterValues, known?.competencyFilterValues];
  return inOrder([...new Set(both.flatMap(values => values?.[lists[name]] ?? []))]);
}

/** What somebody means who has written this: blanks around it are a slip, unless a value that is offered has them. */
export const meant = (written: string, values: readonly string[]): string =>
  values.includes(written) ? written : written.trim();

/** Whether there is more than is offered. */
export const isCut = ({ filterValues, competencyFilterValues }: KnownValues): boolean =>
  [filterValues, competencyFilterValues].some(values => values?.isComplete === false);

export interface Uncarried {
  name: FilterName;
  value: string;
  /** What there is instead. */
  instead: string[];
}

/** The filters by values of which there is none. What is not sure, with lists that are cut or could not be read, is not said. */
export function uncarried(filter: MetricFilter, values: Values | null | undefined): Uncarried[] {
  return filters.flatMap(name => {
    const value = filter[name];
    const there = values?.[lists[name]];
    if (!value || !values?.isComplete || !there || there.includes(value)) return [];
    return [{ name, value, instead: inOrder(there) }];
  });
}
