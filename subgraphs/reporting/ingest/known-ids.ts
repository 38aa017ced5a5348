import type { Transaction } from '../../shared/database/database';
import type { References } from './ingest.queries';

/** Ids that are remembered of a tenant before it begins anew. */
const mostIds = 200_000;
/** What they weigh in the memory that tenants share, in its rows. */
const weight = 5_000;

/** Of a tenant's classes, people and contexts the numbers that batches before this one have looked up, and its clocks. */
export interface KnownIds {
  classes: Map<string, number>;
  people: Map<string, number>;
  contexts: Map<string, number>;
  /** How many seconds the clocks are ahead of UTC, by quarters of an hour since 1970; null where that changes within one. */
  offsets: Map<number, number | null>;
}

/** Who was deleted or came anew moved the structure's version: then nothing is known yet. */
export function knownIds({ memory }: Transaction): KnownIds {
  const known = memory.recall<KnownIds>('ingest');
  const size = (ids: KnownIds): number => ids.classes.size + ids.people.size + ids.contexts.size + ids.offsets.size;
  if (known && size(known) < mostIds) return known;
  const none: KnownIds = { classes: new Map(), people: new Map(), contexts: new Map(), offsets: new Map() };
  return memory.remember('ingest', none, weight);
}

/** The numbers of ids: those that are known, and of the others what is found. */
export async function lookUpKnown(
  known: KnownIds,
  ids: { classes: string[]; people: string[] },
  find: (unknown: { classes: string[]; people: string[] }) => Promise<References>,
): Promise<References> {
  const unknown = {
    classes: ids.classes.filter(id => !known.classes.has(id)),
    people: ids.people.filter(id => !known.people.has(id)),
  };
  if (unknown.classes.length + unknown.people.length > 0) {
    const found = await find(unknown);
    for (const [id, number] of found.classes) known.classes.set(id, number);
    for (const [id, number] of found.people) known.people.set(id, number);
  }
  return known;
}
