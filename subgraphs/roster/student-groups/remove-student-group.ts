import type { Transaction } from '../../shared/database/database';
import { notFound } from '../../shared/errors';
import { studentGroupNumber } from '../../shared/identifiers';
import { deleteStudentGroup, type StudentGroupRow } from './student-group.queries';

export async function removeStudentGroup(
  tx: Transaction,
  { id, now }: { id: string; now: Date },
): Promise<StudentGroupRow> {
  const number = studentGroupNumber(id);
  const removed = number === null ? undefined : await deleteStudentGroup(tx, number, now);
  if (!removed) throw notFound(`There is no student group '${id}'.`);
  return removed;
}
