import type { Transaction } from '../../shared/database/database';
import type { ProblemCode } from '../../shared/errors';
import { addDays, type Period } from '../../shared/period';
import type { Reject, SoundEvent } from '../ingest/event';
import { keptFigures, utcDay } from './kept-figures';
import { insertAcceptedDays } from './kept-figures.queries';

const millisecondsOfADay = 86_400_000;

/**
 * The events that may be counted. One that happened before the ids of its time were forgotten may have been counted
 * already: an event is accepted a day before it happens at the earliest, so of the others all ids are known. And of a day
 * whose figures have expired nothing is taken in before these are gone.
 */
export async function withoutForgotten(
  tx: Transaction,
  events: readonly SoundEvent[],
  { now, reject }: { now: Date; reject: Reject },
): Promise<SoundEvent[]> {
  const { eventIdsFrom, hidden } = await keptFigures(tx, now);
  if (eventIdsFrom === null && hidden.length === 0) return [...events];
  const first = eventIdsFrom && new Date(eventIdsFrom.getTime() + millisecondsOfADay);
  return events.filter(event => {
    const refused = first && event.occurredAt < first ? tooOld(event, first) : isNear(event, hidden) ? expired(event) : null;
    if (refused) reject(event, ...refused);
    return !refused;
  });
}

type Reason = [code: ProblemCode, message: string];

const tooOld = ({ occurredAt }: SoundEvent, first: Date): Reason => [
  'BAD_USER_INPUT',
  `occurredAt is ${occurredAt.toISOString()}, before ${first.toISOString()}: ids of that time are forgotten, so nobody ` +
    'can tell whether this event was counted already.',
];

const expired = ({ occurredAt }: SoundEvent): Reason => [
  'CONFLICT',
  `The figures of ${utcDay(occurredAt)} have expired and are being taken away; please send this later.`,
];

/** Days are the tenant's, so one before and one after that of UTC are near, too. */
function isNear({ occurredAt }: SoundEvent, hidden: readonly Period[]): boolean {
  const day = utcDay(occurredAt);
  return hidden.some(({ from, through }) => addDays(day, 1) >= from && addDays(day, -1) <= through);
}

/** Quarters of an hour that are remembered of a tenant before it begins anew. */
const mostQuarters = 20_000;
const weight = 500;
const quarter = 900_000;
/** From then on the days of all time zones begin with a quarter of an hour of UTC. */
const roundZones = Date.UTC(1973, 0, 1);

/**
 * Notes of which days something was accepted today: by that a day's figures expire. The last thing that a batch writes,
 * since the first of a day makes the others wait. What other batches have noted today is not written again.
 */
export async function noteAcceptedDays(tx: Transaction, events: readonly SoundEvent[], now: Date): Promise<void> {
  const known = knownToday(tx, utcDay(now));
  const fresh = new Map<number, Date>();
  for (const { occurredAt } of events) {
    const time = occurredAt.getTime();
    const key = time < roundZones ? time : Math.floor(time / quarter) * quarter;
    if (!known.has(key)) fresh.set(key, occurredAt);
  }
  if (fresh.size === 0) return;
  await insertAcceptedDays(tx, [...fresh.values()], now);
  tx.afterCommit(() => {
    for (const key of fresh.keys()) known.add(key);
  });
}

function knownToday({ memory }: Transaction, today: string): Set<number> {
  const key = `accepted days ${today}`;
  const known = memory.recall<Set<number>>(key);
  return known && known.size < mostQuarters ? known : memory.remember(key, new Set<number>(), weight);
}
