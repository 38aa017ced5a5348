import type { Node } from '../../hierarchy/published';
import { compareNames, type CursorKeys } from '../../shared/paging';
import type { Learners, Sums } from '../rollup/sums';
import { Direction, ReportMeasure, type ReportOrder } from './node-report.type';
import { averageScore, totalSeconds } from './shown-figures';

/** A child with what it can be ordered by. */
export interface Child {
  node: Node;
  sums: Sums;
  /** Only known where children are ordered by them. */
  learners?: Learners;
}

/** What a child is compared by, before its id: as plain values, so that a cursor can carry them. */
type SortKeys = (string | number | null)[];

const sortKeys = ({ node, sums, learners }: Child, order: ReportOrder | null): SortKeys => {
  switch (order?.by) {
    case undefined:
      return [node.level, node.name];
    case ReportMeasure.NAME:
      return [node.name];
    case ReportMeasure.AVERAGE_SCORE:
      return [averageScore(sums)];
    case ReportMeasure.ATTEMPTS:
      return [sums.attempts];
    case ReportMeasure.TIME_SPENT:
      return [totalSeconds(sums)];
    case ReportMeasure.LEARNERS:
      return [learners!.scored];
  }
};

function compareKeys(a: SortKeys, b: SortKeys, sign: number): number {
  for (const [index, key] of a.entries()) {
    const other = b[index] ?? null;
    if (key === null || other === null) {
      if (key !== other) return key === null ? 1 : -1; // what has no value comes last either way
      continue;
    }
    const difference =
      typeof key === 'string' && typeof other === 'string' ? compareNames(key, other) : Number(key) - Number(other);
    if (difference !== 0) return sign * difference;
  }
  return 0;
}

export interface ChildrenPage {
  page: Child[];
  hasNextPage: boolean;
  endKeys: CursorKeys | null;
}

/** Puts children in order and cuts out the page after the place a cursor remembers. */
export function pageOfChildren(
  children: Child[],
  { order, first, after }: { order: ReportOrder | null; first: number; after: CursorKeys | null },
): ChildrenPage {
  const sign = order === null || order.direction === Direction.ASC ? 1 : -1;
  const compareIds = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  const keyed = children.map(child => ({ child, id: child.node.id, keys: sortKeys(child, order) }));
  keyed.sort((a, b) => compareKeys(a.keys, b.keys, sign) || compareIds(a.id, b.id));
  const [afterId, ...afterKeys] = after ?? [];
  const behind =
    after === null
      ? keyed
      : keyed.filter(({ keys, id }) => (compareKeys(keys, afterKeys, sign) || compareIds(id, String(afterId))) > 0);
  const page = behind.slice(0, first);
  const last = page.at(-1);
  return {
    page: page.map(({ child }) => child),
    hasNextPage: behind.length > page.length,
    endKeys: last ? [last.id, ...last.keys] : null,
  };
}
