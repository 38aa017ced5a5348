import {
  growVersion,
  lockEveryTree,
  lockLoad,
  mergeGroups,
  mergePlacements,
  rebuildTree,
  takeOut,
  type PlacedThing,
} from '../../../hierarchy/published';
import { keepCompetencyCounts, keepStoredSums } from '../../../reporting/published';
import type { Transaction } from '../../../shared/database/database';
import type { Merged } from '../../../shared/database/due-rows.queries';
import { mergeClasses, mergeEnrolments, mergeUsers } from '../../bundle.queries';
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
import { countDue, noteDueAlone, noteRejected, rememberApplied } from './records.queries';

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
  /** Whether stored sums were forgotten, since something that has facts hangs elsewhere now. */
  forgotten: boolean;
}

/**
 * Makes the roster what the records say: what each becomes is derived, what is listed or comes out differently is
 * staged, and merged as a bundle's rows are, under the same locks in the same order. lockImport must be held.
 */
export async function mergeBundle(tx: Transaction, load: Import): Promise<MergedBundle> {
  const { tenant, now } = load;
  const place = await readPlace(tx);
  await createStagedTables(tx);
  await derive(tx, { place, now });
  await stageGroups(tx, tenant);
  await stageUsers(tx, tenant);
  await stageClasses(tx, tenant);
  await stagePlacements(tx, { tenant, place });
  await finishStaging(tx, { tenants: 1 });

  await lockEveryTree(tx, place.hierarchyId);
  const { result: changes, forgotten } = await keepStoredSums(tx, place.hierarchyId, () => merge(tx, { load, place }));
  const remembered = await rememberApplied(tx);
  const rows = Object.values(changes).reduce((sum, { added, changed }) => sum + added + changed, remembered);
  return { changes, place, wrote: rows + changes.placements.removed > 0, forgotten };
}

/** By lockEveryTree, before anything was merged. */
const everyTreeIsLocked = async (): Promise<void> => undefined;

/** One import or load of a tenant at a time: the records are read and written under this lock alone. */
export const lockImport = lockLoad;

async function merge(tx: Transaction, { load, place }: { load: Import; place: Place }): Promise<RosterChanges> {
  const noted = async ({ added, changed }: Merged): Promise<Written> => {
    await noteRejected(tx);
    return { added, changed };
  };
  const { hierarchyId } = place;
  const things = (await selectUnplaced(tx, place)).map(placedThing);
  const groups = await noted(await mergeGroups(tx, load));
  const users = await noted(await mergeUsers(tx, load));
  const classesToChange = await selectClassesToChange(tx);
  const merged = await keepCompetencyCounts(tx, { classes: classesToChange, now: load.now }, () =>
    mergeClasses(tx, load, everyTreeIsLocked),
  );
  const classes = await noted(merged);
  const removed = await takeOut(tx, { hierarchyId, things });
  const placed = await mergePlacements(tx, load);
  const placements = { ...(await noted(placed.files['placements.csv']!)), removed };
  const moved = [...placed.moved, ...(removed > 0 ? [hierarchyId] : [])];
  for (const id of new Set([...moved, ...merged.recount])) await rebuildTree(tx, id);
  for (const id of new Set(moved)) await growVersion(tx, id);

  const enrolments = await enrol(tx, load);
  await rejectRolesOfNobody(tx);
  return { groups, users, classes, placements, enrolments };
}

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
  await countDue(tx);
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
