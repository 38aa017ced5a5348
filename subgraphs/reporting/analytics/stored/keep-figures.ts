import type { Database, Transaction } from '../../../shared/database/database';
import type { Day, Period } from '../../../shared/period';
import { expiredBefore, readRetention } from '../../../shared/retention/retention';
import { liftTimeLimit } from '../../rollup/stored.queries';
import { countRows, selectCohortRows } from '../cohort-rows.queries';
import { selectUsers } from '../organisation-users.queries';
import { selectTodayAndRisk } from '../risk/risk-settings.queries';
import { daysIn, daysOfWindow, wholeFrom, windowThrough } from '../windows';
import { comfortable, studentsOfClass } from './large';
import {
  countClasses,
  everyClass,
  selectStoredFigures,
  storeFigures,
  type StoredFigures,
} from './organisation-figures.queries';
import { patienceFor, windowsToKeep } from './windows-to-keep';

export interface Keeping {
  database: Database;
  tenantId: number;
  now: () => Date;
  stopped?: () => boolean;
}

/** Makes what is missing or out of date of a large tenant's figures; says how many windows were made. */
export async function keepFigures({ database, tenantId, now, stopped = () => false }: Keeping): Promise<number> {
  const due = await database.transaction(tenantId, 'read', async tx => {
    const { today } = await selectTodayAndRisk(tx, now());
    if (!(await isLarge(tx, today))) return [];
    // Nobody is shown a window of which something has expired: made, it would be purged, and made again each time.
    const whole = await wholeFrom(tx, now());
    const windows = windowsToKeep(today).filter(({ from }) => whole === null || from >= whole);
    const known = new Map((await selectStoredFigures(tx, windows)).map(one => [keyOf(one.window), one]));
    return windows.filter(window => {
      const there = known.get(keyOf(window));
      if (!there) return true;
      return there.version !== tx.version && now().getTime() - there.computedAt.getTime() >= patienceFor(window, today);
    });
  });
  let made = 0;
  for (const window of due) {
    if (stopped()) break;
    await makeFigures({ database, tenantId, now }, window);
    made++;
  }
  return made;
}

/** Of many classes, or of few with many learners. */
async function isLarge(tx: Transaction, today: Day): Promise<boolean> {
  if ((await countClasses(tx)) * studentsOfClass > comfortable) return true;
  const learners = await countRows(tx, everyClass, { windows: [windowThrough(null, today)], most: comfortable + 1 });
  return [...learners.values()].some(rows => rows > comfortable);
}

const keyOf = ({ from, through }: Period): string => `${from} ${through}`;

/** Read in one moment, written in another transaction: what is written is of the version that was read. */
async function makeFigures({ database, tenantId, now }: Keeping, window: Period): Promise<void> {
  const figures = await database.transaction(tenantId, 'read', async (tx): Promise<StoredFigures> => {
    await liftTimeLimit(tx);
    const computedAt = now();
    const { risk } = await selectTodayAndRisk(tx, computedAt);
    const whole = await wholeFrom(tx, computedAt);
    const isFourWeeks = daysIn(window) === daysOfWindow;
    const [row = null] = await selectCohortRows(tx, everyClass, { windows: [window], thresholds: isFourWeeks ? risk : null, whole });
    const auditedSince = expiredBefore(computedAt, (await readRetention(tx)).auditLogDays);
    const users = isFourWeeks ? ((await selectUsers(tx, { of: null, window, auditedSince })).get('') ?? []) : null;
    return { window, row, users, version: tx.version!, computedAt };
  });
  await database.transaction(tenantId, 'write', tx => {
    tx.keepVersion(); // made of what was in every answer before; how old it is, an answer says
    return storeFigures(tx, figures);
  });
}
