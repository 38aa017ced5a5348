import { mergeCompetencies } from '../../../competency/published';
import {
  growVersion,
  lockLoad,
  lockTree,
  mergeGrants,
  mergeGroups,
  mergePlacements,
  rebuildTree,
  selectHierarchiesToPlaceIn,
} from '../../../hierarchy/published';
import { forgetEverything, keepCountsOfLoad } from '../../../reporting/published';
import { joinInBulk } from '../../../shared/database/bulk.queries';
import type { Transaction } from '../../../shared/database/database';
import type { Merged } from '../../../shared/database/due-rows.queries';
import { mergeClasses, mergeEnrolments, mergeUsers } from '../../bundle.queries';
import { shapes } from './shapes';
import type { Staged } from './staging.queries';
import type { Tally } from './tally';

/** Writes what is staged of one tenant, all of it in the tenant's own transaction, and makes the trees that follow. */
export async function mergeRoster(
  tx: Transaction,
  { tenant, has, tally, now, onMerged }: {
    tenant: string;
    has: (table: Staged) => boolean;
    tally: Tally;
    now: Date;
    onMerged: (file: string) => void;
  },
): Promise<void> {
  const load = { tenant, now };
  const note = (file: string, merged: Merged): void => {
    tally.count(file, 'added', merged.added);
    tally.count(file, 'changed', merged.changed);
    tally.count(file, 'unchanged', merged.rows - merged.rejected - merged.added - merged.changed);
    tally.rejectAll(file, merged.rejected, merged.told);
    onMerged(file);
  };
  await joinInBulk(tx);
  await lockLoad(tx);
  const placedIn = has('placements') ? await selectHierarchiesToPlaceIn(tx, load) : [];
  for (const hierarchyId of placedIn) await lockTree(tx, hierarchyId);

  if (has('groups')) note(shapes.groups.file, await mergeGroups(tx, load));
  if (has('users')) note(shapes.users.file, await mergeUsers(tx, load));
  const recount = new Set<number>();
  if (has('classes')) {
    const merged = await mergeClasses(tx, load, async hierarchyIds => {
      for (const hierarchyId of hierarchyIds) if (!placedIn.includes(hierarchyId)) await lockTree(tx, hierarchyId);
    });
    for (const hierarchyId of merged.recount) recount.add(hierarchyId);
    note(shapes.classes.file, merged);
  }
  let moved: number[] = [];
  if (has('placements')) {
    const merged = await mergePlacements(tx, load);
    moved = merged.moved;
    for (const [file, counts] of Object.entries(merged.files)) if (tally.has(file)) note(file, counts);
  }
  if (has('grants')) note(shapes.grants.file, await mergeGrants(tx, load));
  if (has('enrolments')) note(shapes.enrolments.file, await mergeEnrolments(tx, load));
  if (has('competencies')) note(shapes.competencies.file, await mergeCompetencies(tx, load));

  // Sums that were stored along the old placements; they are made anew when the load has taken everything in.
  if (moved.length > 0) await forgetEverything(tx);
  for (const hierarchyId of new Set([...moved, ...recount])) await rebuildTree(tx, hierarchyId);
  for (const hierarchyId of moved) await growVersion(tx, hierarchyId);
  // Last, after every other lock: what became of classes, enrolments and competencies, and the counts that follow.
  if (has('classes') || has('enrolments') || has('competencies')) await keepCountsOfLoad(tx, now);
}
