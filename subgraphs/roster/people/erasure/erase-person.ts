import { lockLoad } from '../../../hierarchy/published';
import { revokeEverything } from '../../../hierarchy/published-changes';
import { deleteExportsOf } from '../../../reporting/published';
import type { Transaction } from '../../../shared/database/database';
import { erasedWords } from '../../../shared/erased-words';
import { notFound } from '../../../shared/errors';
import { publicId } from '../../../shared/identifiers';
import { insertErasure, makeNameless, selectErasable, selectErasure, type Erasure } from './erase-person.queries';

/**
 * Erases a person: login, names, ids, password, grants, report files and what files said go at once, and the number stays, nameless, so
 * that every sum is what it was. What names the person in logs and files is found afterwards, by the tables' owner
 * (`eraseTraces`): this role may not change a log. Doing it again changes nothing.
 */
export async function erasePerson(tx: Transaction, { personId, now }: { personId: number; now: Date }): Promise<Erasure> {
  await lockLoad(tx); // a file that is being imported knows the person; one that comes later makes a new one
  const person = await selectErasable(tx, personId);
  if (!person) throw notFound(`There is no user '${publicId('person', personId)}'.`);
  if (person.erasedAt !== null) {
    tx.keepVersion();
    return (await selectErasure(tx, personId))!;
  }
  await makeNameless(tx, person, now);
  await revokeEverything(tx, personId);
  await deleteExportsOf(tx, personId);
  await insertErasure(tx, { personId, words: erasedWords(person), now });
  return (await selectErasure(tx, personId))!;
}
