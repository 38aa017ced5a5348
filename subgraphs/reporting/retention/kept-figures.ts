import type { Transaction } from '../../shared/database/database';
import { badInput } from '../../shared/errors';
import { addDays, dayAfter, earlier, later, type Day, type Period } from '../../shared/period';
import { usualTimes } from '../../shared/retention/retention.queries';
import { selectKeptDays, type KeptDays } from './kept-figures.queries';

/** What of a tenant's figures can be seen at a moment. */
export interface KeptFigures {
  /** Days whose figures have expired and are out of sight, in order; purged ones are not among them. */
  hidden: readonly Period[];
  /** Figures of some days before this one have expired, seen or purged; null where none have. */
  figuresFrom: Day | null;
  /** Competency counts and statuses are there from the end of the day before this one on; null: of every day. */
  competenciesFrom: Day | null;
  /** Ids of events accepted before this moment may be forgotten; null where all are known. */
  eventIdsFrom: Date | null;
}

/** The day (UTC) of a moment: days of acceptance are such. */
export const utcDay = (moment: Date): Day => moment.toISOString().slice(0, 10);

/** Remembered until the tenant's structure changes or another day begins. */
export async function keptFigures(tx: Transaction, now: Date): Promise<KeptFigures> {
  const today = utcDay(now);
  const key = `kept figures ${today}`;
  const known = tx.memory.recall<KeptFigures>(key);
  if (known) return known;
  const look = async () => tx.memory.remember(key, asKept(await selectKeptDays(tx, { today, usualDays: usualTimes.figureDays })));
  if (tx.access === 'write') return look(); // it may change what is kept
  let asked = beingAsked.get(tx);
  if (!asked) beingAsked.set(tx, (asked = look()));
  return asked;
}

/** Loaders of one operation ask at the same time: the answer is the same. */
const beingAsked = new WeakMap<Transaction, Promise<KeptFigures>>();

function asKept({ days, firstKept, ...from }: KeptDays): KeptFigures {
  const hidden = rangesOf(days ?? []);
  const last = hidden.at(-1);
  if (!last) return { hidden, ...from };
  return {
    ...from,
    hidden,
    figuresFrom: latest(from.figuresFrom, dayAfter(last.through)),
    competenciesFrom: latest(from.competenciesFrom, historyFrom(days!, firstKept!)),
  };
}

const latest = (known: Day | null, day: Day): Day => (known === null ? day : later(known, day));

/**
 * The first day from which statuses are kept: they are carried on from day to day, so their history ends where the first
 * day stands that is kept. What was accepted about a day was so a day before it at the earliest.
 */
export const historyFrom = (days: readonly { day: Day; expired: boolean }[], firstKept: Day): Day => {
  const first = days.find(({ expired }) => !expired);
  const bound = addDays(firstKept, 1);
  return first ? earlier(first.day, bound) : bound;
};

/** Expired days that follow each other, as ranges; days of which there is nothing may lie between them. */
function rangesOf(days: readonly { day: Day; expired: boolean }[]): Period[] {
  const ranges: Period[] = [];
  let open: Period | undefined;
  for (const { day, expired } of days) {
    if (!expired) open = undefined;
    else if (open) open.through = day;
    else ranges.push((open = { from: day, through: day }));
  }
  return ranges;
}

/** What is left of a period without hidden days, in order. */
export function visibleParts({ from, through }: Period, hidden: readonly Period[]): Period[] {
  const parts: Period[] = [];
  let start = from;
  for (const range of hidden) {
    if (range.through < start || range.from > through) continue;
    if (range.from > start) parts.push({ from: start, through: addDays(range.from, -1) });
    start = dayAfter(range.through);
  }
  return start <= through ? [...parts, { from: start, through }] : parts;
}

/** Refuses a day at whose end nobody knows any more what was so. */
export function refuseForgottenDay(day: Day, { competenciesFrom }: KeptFigures): void {
  if (competenciesFrom !== null && day < competenciesFrom) {
    throw badInput(`Competency statuses are kept from ${competenciesFrom} on; what was so on ${day} has expired.`);
  }
}
