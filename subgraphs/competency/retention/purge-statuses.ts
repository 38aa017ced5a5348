import { changeStatuses } from '../../reporting/published';
import type { Day } from '../../shared/period';
import { deleteAll, type PurgeTools } from '../../shared/retention/purge';
import { moveForward } from '../../shared/retention/retention.queries';
import { deleteEndedStatuses, deleteWeeks } from './purge-statuses.queries';

/**
 * Purges the history of competency statuses before a day; counts from then on stay what they were. Out of sight first,
 * then the weeks made of it, then the statuses that had ended, with the classes' net changes.
 */
export async function purgeStatuses(tools: PurgeTools, from: Day): Promise<void> {
  await tools.note(tx => moveForward(tx, { competenciesFrom: from }));
  await deleteAll(tools, 'class_weeks', (tx, most) => deleteWeeks(tx, from, most));
  await deleteAll(tools, 'competency_statuses', (tx, most) =>
    changeStatuses(tx, async () => {
      const { rows, people } = await deleteEndedStatuses(tx, from, most);
      return { result: rows, people };
    }),
  );
}
