import { refuseHiddenGroup, selectOwnHierarchy, selectSharedGroups } from '../../hierarchy/published';
import { placeAll } from '../../hierarchy/published-changes';
import { keepCompetencyCounts } from '../../reporting/published';
import type { Transaction } from '../../shared/database/database';
import { violates } from '../../shared/database/violations';
import { notFound, Problem } from '../../shared/errors';
import { groupNumber, publicId } from '../../shared/identifiers';
import { writeLog } from '../activity-log/write-log';
import { enrol } from '../enrolments/enrol';
import { findPeople } from '../people/find-people';
import { ClassEntity } from './class.entity';
import { isSchool } from './class.queries';
import type { CreateClassInput, ParentInput } from './class.type';
import type { Change } from './own-class';
import { optionalText, requiredText } from './texts';

/** Makes a class with its teachers and its places, and writes the log of it. Returns its number. */
export async function createClass(tx: Transaction, input: CreateClassInput, change: Change): Promise<number> {
  const { caller, now } = change;
  const columns = await checkColumns(tx, input);
  const named = await findPeople(tx, input.teacherIds, 'teacherIds');
  const teachers = named.length === 0 && !caller.tenantWide ? [caller.personId] : named;
  const parents = input.parents.length > 0 ? input.parents : await sharedParent(tx, teachers);
  if (!caller.tenantWide) await refuseHiddenParents(tx, input.parents, change);

  const classes = tx.manager.getRepository(ClassEntity);
  const { identifiers } = await classes
    .insert({ tenantId: tx.tenantId, ...columns, active: true, createdAt: now, updatedAt: now })
    .catch(error => refuseTaken(error, columns.externalId));
  const id = identifiers[0]!.id as number;

  await placeAll(
    tx,
    parents.map(parent => ({
      hierarchyKey: parent.hierarchyId,
      childId: publicId('class', id),
      parentId: parent.parentId,
    })),
  );
  await writeLog(tx, change, [{ action: 'GROUP_CREATED', classId: id }]);
  await keepCompetencyCounts(tx, { classes: [id], now }, () =>
    enrol(tx, { classId: id, people: teachers, type: 'TEACHER', change }),
  );
  return id;
}

async function checkColumns(tx: Transaction, input: CreateClassInput) {
  const school = input.schoolId ?? null;
  const schoolId = school === null ? null : (groupNumber(school) ?? -1);
  if (schoolId !== null && !(await isSchool(tx, schoolId))) throw notFound(`There is no school '${school}'.`);
  return {
    name: requiredText(input.name, 'name'),
    code: optionalText(input.code, 'code'),
    externalId: optionalText(input.externalId, 'externalId'),
    grade: optionalText(input.grade, 'grade'),
    subject: optionalText(input.subject, 'subject'),
    schoolId,
  };
}

/** The one group of the tenant's own hierarchy that is granted to every teacher; none where there are several. */
async function sharedParent(tx: Transaction, teachers: readonly number[]): Promise<ParentInput[]> {
  const shared = teachers.length > 0 ? await selectSharedGroups(tx, teachers) : [];
  if (shared.length !== 1) return [];
  const { key } = await selectOwnHierarchy(tx);
  return [{ hierarchyId: key, parentId: publicId('group', shared[0]!) }];
}

async function refuseHiddenParents(tx: Transaction, parents: ParentInput[], { caller }: Change): Promise<void> {
  for (const { hierarchyId: hierarchyKey, parentId: groupId } of parents) {
    await refuseHiddenGroup(tx, caller, { hierarchyKey, groupId });
  }
}

function refuseTaken(error: unknown, externalId: string | null): never {
  if (!violates(error, 'class_external_id_is_unique')) throw error;
  throw new Problem('CONFLICT', `There is a class that has the external id '${externalId}' already.`);
}
