import type { Transaction } from '../../../shared/database/database';
import { groupBy } from '../../../shared/group-by';
import {
  countGroups,
  selectExternalIds,
  selectGroups,
  selectSchoolsInOrder,
  selectStudents,
  selectUsers,
  type Exportable,
  type GroupRow,
} from './export.queries';

export interface ExportedGroup extends GroupRow {
  /** The customer's own id of the school. */
  school: string;
  users: string[];
  students: string[];
}

export interface ExportPage extends Exportable {
  after: ExportedGroup | null;
  /** The most. */
  first: number;
}

/**
 * The next groups with their members in the order of the file that listed them; groups by school, name, year. As many
 * whole schools as there is room for, or a part of one that has more groups. None where there are none left.
 */
export async function readExportPage(tx: Transaction, { first, ...asked }: ExportPage): Promise<ExportedGroup[]> {
  const counts = await countGroups(tx, asked);
  const left = await selectSchoolsInOrder(tx, { ids: [...counts.keys()], from: asked.after?.school ?? null });
  const fitting: typeof left = [];
  for (let room = first; fitting.length < left.length; ) {
    const school = left[fitting.length]!;
    room -= counts.get(school.id)!;
    if (room < 0 && fitting.length > 0) break;
    fitting.push(school);
  }
  if (fitting.length === 0) return [];
  const groups = groupBy(
    await selectGroups(tx, { ...asked, schools: fitting.map(({ id }) => id), first }),
    group => group.schoolId,
  );
  const inOrder = fitting.flatMap(({ id, externalId }) => groups.get(id)!.map(group => ({ ...group, school: externalId })));
  return withMembers(tx, inOrder);
}

async function withMembers(tx: Transaction, groups: (GroupRow & { school: string })[]): Promise<ExportedGroup[]> {
  const ids = groups.map(group => group.id);
  const users = await selectUsers(tx, ids);
  const students = await selectStudents(tx, ids);
  const externalIds = await selectExternalIds(tx, [...new Set([...students.values()].flat())]);
  return groups.map(group => ({
    ...group,
    users: users.get(group.id) ?? [],
    students: (students.get(group.id) ?? []).flatMap(id => externalIds.get(id) ?? []),
  }));
}
