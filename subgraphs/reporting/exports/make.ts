import { finished } from 'node:stream/promises';
import type { Database, Transaction } from '../../shared/database/database';
import { Session } from '../../shared/database/session';
import { Problem } from '../../shared/errors';
import { inSpan, jobOf } from '../../shared/tracing';
import { chunkSink } from './formats/chunks';
import { formats } from './formats';
import { ExportFormat } from './export.type';
import { beginTry, insertChunk, lockMaking, markCompleted, selectClassRanges, updateProgress, type Try } from './making.queries';
import { openReading } from './reading';
import { requesterNow, type Owned } from './requester';
import type { ExportRow } from './export.queries';
import { sheetOf } from './sheets';
import type { Sheet, SheetRow } from './sheets/sheet';

/** Milliseconds for which a file is kept. */
export const keptFor = 7 * 24 * 3_600_000;

/** Another try of the same file has begun, or the file is not wanted any more. */
export class Overtaken extends Error {}

export interface Making {
  tenantId: number;
  now: () => Promise<Date>;
  /** Whoever was killed could not say that it was the last: what takes its process along is not begun for ever. */
  mostTries: number;
  /** Throws where the work is to be broken off. */
  refuse: () => void;
  /** Told of the try as soon as it has begun. */
  onTry: (begun: Try) => void;
  signal: AbortSignal;
}

/**
 * Makes a file that waits, in one moment of the database and with the rights its requester has at that moment. False
 * where another process is at it, or it is finished or gone. The lock that keeps others away is the reading
 * transaction's: who dies in the middle has let go of it. Nothing can be downloaded before the last piece is there.
 */
export async function makeExport(database: Database, id: number, { tenantId, now, mostTries, refuse, onTry, signal }: Making): Promise<boolean> {
  const session = new Session(database, tenantId, { signal });
  try {
    const asOf = await now();
    const tx = await session.read();
    if (!(await lockMaking(tx, id))) return false;
    const begun = await quietly(database, tenantId, write => beginTry(write, id));
    if (!begun) return false;
    const mine = { id, tries: begun.tries };
    onTry(mine);
    if (mine.tries > mostTries) throw new Error(`a report file was begun ${mostTries} times and never ended`);
    const writing = { begun, mine, session, tx, asOf, now, refuse, tenantId };
    await inSpan(jobOf('report file', tenantId), () => writeFile(database, writing));
    return true;
  } finally {
    await session.close();
  }
}

interface Writing extends Pick<Making, 'tenantId' | 'now' | 'refuse'> {
  begun: Owned & Pick<ExportRow, 'question' | 'format'>;
  mine: Try;
  session: Session;
  tx: Transaction;
  asOf: Date;
}

async function writeFile(database: Database, { begun, mine, session, tx, asOf, now, refuse, tenantId }: Writing): Promise<void> {
  const caller = await requesterNow(tx, { ...begun, database });
  const groups = new Set<number>();
  const reading = await openReading(begun.question, { caller, session, asOf, shows: number => void groups.add(number) });
  const sheet = await sheetOf(reading);
  refuseTooManyRows(sheet.total, begun.format);

  const tell = async (done: number): Promise<void> => {
    refuse();
    const progress = { done, total: sheet.total };
    if (!(await quietly(database, tenantId, other => updateProgress(other, mine, progress)))) throw new Overtaken();
  };
  const sink = chunkSink(async (number, bytes) => {
    if (!(await quietly(database, tenantId, other => insertChunk(other, mine, { number, bytes })))) throw new Overtaken();
  });
  const counted = counting(sheet.pages, tell);
  try {
    const writing = formats[begun.format].write({ ...sheet, pages: counted.pages }, sink.out);
    await Promise.all([writing, finished(sink.out)]);
  } finally {
    sink.out.destroy();
  }
  const shownClasses = await selectClassRanges(tx, reading);
  const end = await now();
  const completed = {
    ...{ bytes: sink.bytes, rows: counted.rows, shownGroups: rangesOf(groups), shownClasses },
    ...{ asOf, now: end, expiresAt: new Date(end.getTime() + keptFor) },
  };
  if (!(await quietly(database, tenantId, other => markCompleted(other, mine, completed)))) throw new Overtaken();
}

/** Refuses a file that would be too long for its format. */
export function refuseTooManyRows(rows: number, format: ExportFormat): void {
  const most = formats[format].mostRows;
  if (rows <= most) return;
  const instead = format === ExportFormat.PDF ? ' Ask for CSV or XLSX, or for a node further down.' : ' Ask for a node further down.';
  throw new Problem('TOO_LARGE', `This file would have ${rows} rows; as ${format} it may have ${most}.${instead}`);
}

/** Passes pages on, and tells how many rows have gone by. */
function counting(pages: AsyncIterable<SheetRow[]>, tell: (rows: number) => Promise<void>) {
  const counted = { rows: 0, pages: pages as Sheet['pages'] };
  async function* told(): AsyncGenerator<SheetRow[]> {
    await tell(0);
    for await (const page of pages) {
      yield page;
      counted.rows += page.length;
      await tell(counted.rows);
    }
  }
  counted.pages = told();
  return counted;
}

/** What is written of a file that is being made changes no other answer. */
export const quietly = <T>(database: Database, tenantId: number, work: (tx: Transaction) => Promise<T>): Promise<T> =>
  database.transaction(tenantId, 'write', tx => {
    tx.keepVersion();
    return work(tx);
  });

/** Numbers as PostgreSQL writes a set of ranges. */
function rangesOf(numbers: Iterable<number>): string {
  const ranges: [number, number][] = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last?.[1] === number) last[1]++;
    else ranges.push([number, number + 1]);
  }
  return `{${ranges.map(([from, before]) => `[${from},${before})`).join(',')}}`;
}
