import { noCursor } from '../../shared/paging';

/** A page of classes that are in order already; a cursor names the last class of the page before. */
export function pageOfClasses(
  classes: readonly number[],
  { first, after }: { first: number; after: { id: number } | null },
): { page: number[]; hasNextPage: boolean } {
  const begin = after ? classes.indexOf(after.id) + 1 : 0;
  if (after && begin === 0) throw noCursor();
  return { page: classes.slice(begin, begin + first), hasNextPage: begin + first < classes.length };
}
