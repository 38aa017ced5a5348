import { addDays, dayAfter, type Day } from '../../shared/period';
import { recountCells } from '../rollup/cell-learners.queries';
import { deleteAll, type PurgeTools } from '../../shared/retention/purge';
import { historyFrom, utcDay } from './kept-figures';
import { selectKeptDays } from './kept-figures.queries';
import { hasRawActivity } from './raw-activity.queries';
import {
  anythingExpired,
  deleteEmptySums,
  deleteFacts,
  deleteLearners,
  forgetDays,
  hideFor,
  selectClassesAfter,
  selectExpiredDays,
} from './purge-figures.queries';

/** Classes of one transaction: with thousands of days at once, when a setting was shortened, some tens of thousands of rows. */
const classesAtOnce = 200;

/**
 * Deletes the figures of days of which nothing was accepted for some days, with what they are made of, class by class.
 * All of it is out of sight from the beginning to the end, and each transaction leaves sums that agree: whoever ends it
 * anywhere and begins again comes to the same. `history` purges the competency statuses before a day.
 */
export async function purgeFigures(tools: PurgeTools, history: (from: Day) => Promise<void>): Promise<void> {
  const { retention, now } = tools;
  const wanted = retention.figureDays === null ? null : addDays(utcDay(now), -retention.figureDays);
  const before = retention.figuresAcceptedFrom;
  const firstKept = wanted !== null && (before === null || wanted > before) ? wanted : before;
  if (firstKept === null || !(await tools.read(tx => anythingExpired(tx, firstKept)))) return;
  // Raw activity that waits to be added up must not outlive its facts; out of sight these are already.
  if (await tools.read(tx => hasRawActivity(tx, firstKept))) return;
  await tools.note(tx => hideFor(tx, firstKept));
  for (let after = 0; ; ) {
    const classes = await tools.read(tx => selectClassesAfter(tx, after, classesAtOnce));
    if (classes.length === 0) break;
    await tools.delete(async tx => {
      // Looked for anew: another process may have come to the end, and the day may have begun anew since.
      const days = await selectExpiredDays(tx, firstKept);
      const class_days = await deleteFacts(tx, { classes, days });
      const learners = await deleteLearners(tx, { classes, days });
      await recountCells(tx, { classes, days });
      return { class_days, ...learners };
    });
    after = classes.at(-1)!;
  }
  await deleteAll(tools, 'aggregates', deleteEmptySums);
  const known = await tools.read(tx => selectKeptDays(tx, { today: utcDay(now), usualDays: retention.figureDays }));
  await history(historyFrom(known.days ?? [], firstKept));
  await tools.note(async tx => {
    const days = await selectExpiredDays(tx, firstKept);
    if (days.length > 0) await forgetDays(tx, days, dayAfter(days.at(-1)!));
  });
}
