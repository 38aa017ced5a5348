import type { Transaction } from '../../shared/database/database';
import { badInput, notFound } from '../../shared/errors';
import { personNumber } from '../../shared/identifiers';
import { selectPeople } from './person.queries';

const mostAtOnce = 1_000;
const mostNamed = 10;

/** The numbers of the tenant's people with these public ids, each once. NOT_FOUND names those there are not. */
export async function findPeople(tx: Transaction, ids: readonly string[], argument: string): Promise<number[]> {
  const distinct = [...new Set(ids)];
  if (distinct.length > mostAtOnce) {
    throw badInput(`${argument} may name ${mostAtOnce} users at most; ${distinct.length} came.`);
  }
  const known = new Set(
    await selectPeople(
      tx,
      distinct.map(id => personNumber(id) ?? -1),
    ),
  );
  const unknown = distinct.filter(id => !known.has(personNumber(id) ?? -1));
  if (unknown.length > 0) {
    const named = unknown
      .slice(0, mostNamed)
      .map(id => `'${id}'`)
      .join(', ');
    const more = unknown.length > mostNamed ? ` and ${unknown.length - mostNamed} more` : '';
    throw notFound(`${unknown.length === 1 ? 'There is no user' : 'There are no users'} ${named}${more}.`);
  }
  return distinct.map(id => personNumber(id)!);
}
