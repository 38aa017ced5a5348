import type { Caller } from '../../shared/access/caller';
import type { Transaction } from '../../shared/database/database';
import { forbidden, notFound } from '../../shared/errors';
import { classNumber } from '../../shared/identifiers';
import { lockClass, selectClasses, type ClassRow } from './class.queries';

/** Who changes a roster, and when. */
export interface Change {
  caller: Caller;
  now: Date;
}

/**
 * A class that the caller may change, for this transaction alone: any for the tenant's administrators, for teachers
 * those where they are an active teacher. NOT_FOUND where there is none, FORBIDDEN where it is not theirs.
 */
export async function ownClass(
  tx: Transaction,
  classId: string,
  { caller }: Pick<Change, 'caller'>,
): Promise<ClassRow> {
  const number = classNumber(classId) ?? -1;
  if (!(await lockClass(tx, number))) throw notFound(`There is no class '${classId}'.`);
  // Looked at once it is locked: whoever has just been removed from it as a teacher is none any more.
  const [own] = await selectClasses(tx, { classIds: [number], personId: caller.personId });
  if (caller.tenantWide || (own!.teaches && caller.roles.has('TEACHER'))) return own!;
  throw forbidden('You may change a class where you are an active teacher; this is none.');
}
