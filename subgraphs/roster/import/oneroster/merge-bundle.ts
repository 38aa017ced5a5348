import {
  lockLoad,
  lockTree,
  mergeGroups,
  mergePlacements,
  takeOut,
  type PlacedThing,
} from '../../../hierarchy/published';
import { keepCompetencyCounts } from '../../../reporting/published';
import type { Transaction } from '../../../shared/database/database';
import type { Merged } from '../../../shared/database/due-rows.queries';
import { mergeClasses, mergeEnrolments, mergeUsers } from '../../bundle.queries';
import { followTrees } from '../bundle/merge-roster';
import { createStagedTables, finishStaging } from '../bundle/staging.queries';
import { noteDueClasses, selectClassesToChange, stageClasses } from './derive-classes.queries';
import {
  noteDueEnrolments,
  noteRejectedEnrolments,
  rejectEnrolmentsOfNothing,
  selectClassesToEnrolIn,
  stageEnrolments,
} from './derive-enrolments.queries';
import {
  noteDueOrgs,
  placeOrgs,
  selectUnplaced,
  stageGroups,
  stagePlacements,
  type Place,
  type Unplaced,
} from './derive-orgs.queries';
import { noteDueUsers, rejectRolesOfNobody, stageUsers } from './derive-users.queries';
import { readOrgTypes } from './org-types/org-types';
import { noteDueAlone, noteRejected, rememberApplied } from './records.queries';

export interface Written {
  added: number;
  changed: number;
}

/** What the import has made of the roster. */
export interface RosterChanges {
  groups: Written;
  users: Written;
  classes: Written;
  placements: Written & { removed: number };
  enrolments: Written;
}

interface Import {
  /** The customer's id of the transaction's tenant. */
  tenant: string;
  now: Date;
}

export interface MergedBundle {
  changes: RosterChanges;
  place: Place;
  /** Whether anything at all was written. */
  wrote: boolean;
  /** Whether something hangs elsewhere now. */
  moved: boolean;
}

/**
 * Makes the roster what the records say: what each becomes is derived, what is listed or comes out differently is
 * staged, and merged as a bundle's rows are, under the same locks. lockImport must be held.
 */
export async function mergeBundle(tx: Transaction, { tenant, now }: Import): Promise<MergedBundle> {
  const load = { tenant, now };
  const place = await readPlace(tx);
  await createStagedTables(tx);
  await derive(tx, { place, now });
  await stageGroups(tx, tenant);
  await stageUsers(tx, tenant);
  await stageClasses(tx, tenant);
  await stagePlacements(tx, { tenant, place });
  await finishStaging(tx, { tenants: 1 });
  const unplaced = (await selectUnplaced(tx, place)).map(placedThing);

  await lockTree(tx, place.hierarchyId);
  const noted = async (merged: Promise<Merged>): Promise<Written> => {
    const { added, changed } = await merged;
    await noteRejected(tx);
    return { added, changed };
  };
  const groups = await noted(mergeGroups(tx, load));
  const users = await noted(mergeUsers(tx, load));
  const classesToChange = await selectClassesToChange(tx);
  const merged = await keepCompetencyCounts(tx, { classes: classesToChange, now }, () => mergeClasses(tx, load));
  const classes = await noted(Promise.resolve(merged));
  const removed = await takeOut(tx, { hierarchyId: place.hierarchyId, things: unplaced });
  const placed = await mergePlacements(tx, load);
  const placements = { ...(await noted(Promise.resolve(placed.files['placements.csv']!))), removed };

  const enrolments = await enrol(tx, load);
  await rejectRolesOfNobody(tx);
  const remembered = await rememberApplied(tx);
  const moved = [...new Set([...placed.moved, ...(removed > 0 ? [place.hierarchyId] : [])])];
  await followTrees(tx, { locked: [place.hierarchyId], moved, recount: merged.recount });

  const changes = { groups, users, classes, placements, enrolments };
  const rows = Object.values(changes).reduce((sum, { added, changed }) => sum + added + changed, removed + remembered);
  return { changes, place, wrote: rows > 0, moved: moved.length > 0 };
}

/** One import or load of a tenant at a time: the records are read and written under this lock alone. */
export const lockImport = lockLoad;

async function readPlace(tx: Transaction): Promise<Place> {
  const { hierarchy, levels, orgTypes } = await readOrgTypes(tx);
  return {
    hierarchyId: hierarchy.id,
    hierarchyKey: hierarchy.key,
    levels,
    groupTypes: Object.fromEntries(orgTypes.map(({ orgType, groupType }) => [orgType, groupType])),
  };
}

async function derive(tx: Transaction, { place, now }: { place: Place; now: Date }): Promise<void> {
  await placeOrgs(tx, place);
  await noteDueOrgs(tx, place);
  await noteDueAlone(tx, 'academicSessions');
  await noteDueAlone(tx, 'courses');
  await noteDueClasses(tx, place);
  await noteDueUsers(tx, now);
  await noteDueAlone(tx, 'roles');
  await noteDueEnrolments(tx, now);
}

async function enrol(tx: Transaction, load: Import): Promise<Written> {
  await rejectEnrolmentsOfNothing(tx);
  await stageEnrolments(tx, load);
  const classes = await selectClassesToEnrolIn(tx);
  const { added, changed } = await keepCompetencyCounts(tx, { classes, now: load.now }, () => mergeEnrolments(tx, load));
  await noteRejectedEnrolments(tx);
  return { added, changed };
}

const placedThing = ({ kind, type, id, parentType, parentId }: Unplaced): PlacedThing => ({
  kind: kind === 'orgs' ? 'group' : 'class',
  type,
  externalId: id,
  parent: parentType === null || parentId === null ? null : { type: parentType, externalId: parentId },
});
