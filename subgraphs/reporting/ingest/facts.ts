/** An event on its day; days are numbered from the first of the year 2000. */
export interface DayEvent {
  classNumber: number;
  personNumber: number;
  contextId: number;
  day: number;
  kind: 'ASSESSMENT' | 'COLLECTION';
  score: number | null;
  seconds: number | null;
}

/** Rows of numbers, one row after the other. */
export interface Rows {
  count: number;
  /** What the table's rows are told apart by. */
  keys: number[];
  /** What adds up, `sumsARow` a row: of scores, attempts, seconds of collections and of assessments. */
  sums: number[];
}

/** What a batch adds to the facts, each in the order of its table's key, in which rows are locked. */
export interface Facts {
  /** By person, day, class and context. */
  learners: Rows;
  /** By class, day and context. */
  classes: Rows;
  /** By class, month, context and person; instead of sums the days with an attempt and those with time, as masks. */
  months: Rows;
}

type Order = (a: DayEvent, b: DayEvent) => number;

const byLearner: Order = (a, b) =>
  a.personNumber - b.personNumber || a.day - b.day || a.classNumber - b.classNumber || a.contextId - b.contextId;
const byClass: Order = (a, b) => a.classNumber - b.classNumber || a.day - b.day || a.contextId - b.contextId;
const byMonth: Order = (a, b) =>
  a.classNumber - b.classNumber ||
  monthOf(a.day) - monthOf(b.day) ||
  a.contextId - b.contextId ||
  a.personNumber - b.personNumber;

/** What events add to the facts. One without score and time leaves none. */
export function factsOf(events: readonly DayEvent[]): Facts {
  const counting = events.filter(({ score, seconds }) => score !== null || (seconds ?? 0) > 0);
  const learners = rowsOf(counting.sort(byLearner), byLearner, {
    key: (to, event) => to.push(event.personNumber, event.day, event.classNumber, event.contextId),
    ...adding,
  });
  const classes = rowsOf(counting.sort(byClass), byClass, {
    key: (to, event) => to.push(event.classNumber, event.day, event.contextId),
    ...adding,
  });
  const months = rowsOf(counting.sort(byMonth), byMonth, {
    key: (to, event) => to.push(event.classNumber, monthOf(event.day), event.contextId, event.personNumber),
    begin: sums => sums.push(0, 0),
    add: (sums, event) => {
      const bit = 1 << (event.day - monthOf(event.day));
      if (event.score !== null) sums[sums.length - 2]! |= bit;
      if (event.seconds) sums[sums.length - 1]! |= bit;
    },
  });
  return { learners, classes, months };
}

interface Making {
  key: (to: number[], event: DayEvent) => void;
  begin: (sums: number[]) => void;
  /** To the last row. */
  add: (sums: number[], event: DayEvent) => void;
}

const adding: Pick<Making, 'begin' | 'add'> = {
  begin: sums => sums.push(0, 0, 0, 0),
  add: (sums, { score, seconds, kind }) => {
    if (score !== null) {
      sums[sums.length - 4]! += score;
      sums[sums.length - 3]!++;
    }
    sums[sums.length - (kind === 'COLLECTION' ? 2 : 1)]! += seconds ?? 0;
  },
};

/** A row for each run of events that are equal in this order. */
function rowsOf(sorted: readonly DayEvent[], order: Order, { key, begin, add }: Making): Rows {
  const rows: Rows = { count: 0, keys: [], sums: [] };
  let last: DayEvent | undefined;
  for (const event of sorted) {
    if (!last || order(last, event) !== 0) {
      rows.count++;
      key(rows.keys, event);
      begin(rows.sums);
    }
    add(rows.sums, event);
    last = event;
  }
  return rows;
}

const dayInMilliseconds = 86_400_000;
const year2000 = Date.UTC(2000, 0, 1);

/** The number of the day of a local moment, given as if it were one of UTC. */
export const dayOf = (milliseconds: number): number => Math.floor((milliseconds - year2000) / dayInMilliseconds);

let latest = { from: 0, before: 31 };

/** The first day of a day's month. Days come in runs: mostly it is the month that was asked for before. */
export function monthOf(day: number): number {
  if (day < latest.from || day >= latest.before) {
    const date = new Date(year2000 + day * dayInMilliseconds);
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
    latest = { from: dayOf(Date.UTC(year, month, 1)), before: dayOf(Date.UTC(year, month + 1, 1)) };
  }
  return latest.from;
}
