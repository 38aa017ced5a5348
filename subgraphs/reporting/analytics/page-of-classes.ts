import { badInput } from '../../shared/errors';
import type { CursorKeys } from '../../shared/paging';

/** A page of classes that are in order already; a cursor names the last class of the page before. */
export function pageOfClasses(
  classes: readonly number[],
  { first, after }: { first: number; after: CursorKeys | null },
): { page: number[]; hasNextPage: boolean } {
  const last = after?.[0];
  const begin = last === undefined ? 0 : classes.indexOf(Number(last)) + 1;
  if (last !== undefined && begin === 0) throw badInput('after must be the endCursor of an earlier page; this is none.');
  return { page: classes.slice(begin, begin + first), hasNextPage: begin + first < classes.length };
}
