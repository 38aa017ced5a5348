import { writeAudit } from '../../shared/audit/audit';
import type { Transaction } from '../../shared/database/database';
import { notFound } from '../../shared/errors';
import { publicId } from '../../shared/identifiers';
import { hashPassword, type Cost } from './password';
import { selectPersonWithPassword, upsertPassword } from './password.queries';

export interface NewPassword {
  login: string;
  password: string;
  now: Date;
  /** What each guess at it costs; the usual cost when omitted. */
  cost?: Cost;
}

/** Gives a person of the transaction's tenant a password for POST /oauth/token; the one before stops working. */
export async function setPassword(tx: Transaction, { login, password, now, cost }: NewPassword): Promise<void> {
  const person = await selectPersonWithPassword(tx, login);
  if (!person) throw notFound(`There is no user with the login '${login}'.`);
  await upsertPassword(tx, { personId: person.id, hash: await hashPassword(password, cost), now });
  const resourceId = publicId('person', person.id);
  await writeAudit(tx, { action: 'SET_PASSWORD', resourceType: 'Person', resourceId }, { now });
}
