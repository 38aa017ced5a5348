import type { Figures } from './figures';
import { refuse } from './judging';
import { levelOf, type WorldNode } from './worlds-of-callers';

/** What a cursor that the service gave stands for: the list it belongs to, and the last element before it. */
export interface Place {
  question: string;
  last: unknown;
  /** What of that element a cursor may tell. */
  told: unknown;
}
export type CursorBook = Map<string, Place>;

/** One page of a list. */
export interface Connection<Element = WorldNode> {
  page: Element[];
  totalCount: number;
  hasNextPage: boolean;
  /** What the cursor of the page must stand for; null for an empty page. */
  end: Place | null;
}

export type Compare = (a: WorldNode, b: WorldNode) => number;

export const text = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const nameOf = ({ placed }: WorldNode): string => placed!.name;

export const byPlace: Compare = (a, b) => levelOf(a) - levelOf(b) || text(nameOf(a), nameOf(b)) || text(a.id, b.id);

/** The order of a report's children; what has no average comes last either way, ties go by id. */
export function reportOrder(order: { by: string; direction: string } | null | undefined, figuresOf: (node: WorldNode) => Figures): Compare {
  if (!order) return byPlace;
  const known = new Map<string, number | string | null>();
  const keyOf = (node: WorldNode): number | string | null => {
    const { attempts, scoreSum, learners, collectionSeconds, assessmentSeconds } = figuresOf(node);
    switch (order.by) {
      case 'NAME': return nameOf(node);
      case 'AVERAGE_SCORE': return attempts === 0 ? null : scoreSum / attempts;
      case 'ATTEMPTS': return attempts;
      case 'TIME_SPENT': return collectionSeconds + assessmentSeconds;
      default: return learners;
    }
  };
  const key = (node: WorldNode) => {
    if (!known.has(node.id)) known.set(node.id, keyOf(node));
    return known.get(node.id)!;
  };
  const sign = order.direction === 'ASC' ? 1 : -1;
  return (a, b) => {
    const [first, second] = [key(a), key(b)];
    if (first === null || second === null) return first === second ? text(a.id, b.id) : first === null ? 1 : -1;
    return (first < second ? -sign : first > second ? sign : 0) || text(a.id, b.id);
  };
}

interface Paging<Element> {
  list: Element[];
  first?: number | null;
  after?: string | null;
  question: string;
  cursors: CursorBook;
  compare: (a: Element, b: Element) => number;
  told: (element: Element) => unknown;
}

/** What a node's place in a list may tell. */
export const toldOfNode = ({ placed, id }: WorldNode): unknown => [placed?.name, id];

/** How many elements a page has at most: 50, or what is asked for, from 0 to 1,000. */
export const pageSize = (first: number | null | undefined): number =>
  first === null || first === undefined ? 50 : first < 0 || first > 1_000 ? refuse('BAD_USER_INPUT') : first;

/** Where a page begins: refused what is no cursor of this very list. */
export function placeOf(cursors: CursorBook, { after, question }: { after?: string | null | undefined; question: string }): Place | null {
  const place = after === null || after === undefined ? null : cursors.get(after);
  return place === undefined || (place && place.question !== question) ? refuse('BAD_USER_INPUT') : place;
}

/** A page by the rules: 0 to 1,000 elements behind a cursor that was given for this very list. */
export function pageOf<Element>({ list, first, after, question, cursors, compare, told }: Paging<Element>): Connection<Element> {
  const size = pageSize(first);
  const place = placeOf(cursors, { after, question });
  const sorted = [...list].sort(compare);
  const behind = place ? sorted.filter(element => compare(element, place.last as Element) > 0) : sorted;
  const page = behind.slice(0, size);
  const last = page.at(-1);
  const end = last ? { question, last, told: told(last) } : null;
  return { page, totalCount: list.length, hasNextPage: behind.length > page.length, end };
}
