import type { Transaction } from '../../../shared/database/database';

export interface ErasablePerson {
  id: number;
  externalId: string;
  login: string;
  givenName: string | null;
  familyName: string | null;
  erasedAt: Date | null;
}

const columns = `
  people.id, people.external_id as "externalId", people.login, people.given_name as "givenName",
  people.family_name as "familyName", people.erased_at as "erasedAt"`;

/** A person by number, deleted and erased ones too; held until the transaction ends. */
export async function selectErasable(tx: Transaction, personId: number): Promise<ErasablePerson | undefined> {
  const rows = await tx.query<ErasablePerson>(
    `select ${columns} from people where people.tenant_id = $1 and people.id = $2 for update`,
    [tx.tenantId, personId],
  );
  return rows[0];
}

/**
 * The numbers of people by the customer's id or by ours; those who were erased have ours alone. Two, where a customer's id
 * of one looks like ours of another: of the first the customer's.
 */
export async function selectErasableNumbers(tx: Transaction, externalId: string, number: number | null): Promise<number[]> {
  const rows = await tx.query<{ id: number }>(
    `select people.id from people
     where people.tenant_id = $1 and (people.external_id = $2 or people.id = $3)
     order by people.external_id = $2 desc`,
    [tx.tenantId, externalId, number],
  );
  return rows.map(({ id }) => id);
}

/** From now on nothing leads from the person's number to the person. The number itself stays, and all sums with it. */
export async function makeNameless(tx: Transaction, { id, externalId, login }: ErasablePerson, now: Date): Promise<void> {
  await tx.query(
    `update people
     set external_id = opaque.name, login = opaque.name, given_name = null, family_name = null, roles = '{}',
       deleted_at = coalesce(people.deleted_at, $3), erased_at = $3
     from (select 'erased-' || gen_random_uuid() as name) opaque
     where people.tenant_id = $1 and people.id = $2`,
    [tx.tenantId, id, now],
  );
  await tx.query(`delete from person_passwords where person_passwords.tenant_id = $1 and person_passwords.person_id = $2`, [
    tx.tenantId,
    id,
  ]);
  await tx.query(`delete from student_group_users where student_group_users.tenant_id = $1 and student_group_users.login_key = lower($2)`, [
    tx.tenantId,
    login,
  ]);
  await tx.query(
    `delete from oneroster_records
     where oneroster_records.tenant_id = $1
       and ((oneroster_records.kind = 'users' and oneroster_records.sourced_id = $2)
         or (oneroster_records.kind in ('roles', 'enrollments')
           and (oneroster_records.fields->>'user' = $2 or oneroster_records.applied->>'user' = $2)))`,
    [tx.tenantId, externalId],
  );
  await tx.query(
    `update imports set creator = people.login
     from people
     where imports.tenant_id = $1 and people.tenant_id = $1 and people.id = $2
       and (imports.creator_id = $2 or lower(imports.creator) = lower($3))`,
    [tx.tenantId, id, login],
  );
}

/** What is left to be found, by the words that named the person; they are kept until it was. */
export async function insertErasure(tx: Transaction, { personId, words, now }: { personId: number; words: string[]; now: Date }): Promise<void> {
  await tx.query(`insert into erasures (tenant_id, person_id, asked_at, words) values ($1, $2, $3, $4)`, [
    tx.tenantId,
    personId,
    now,
    words,
  ]);
}

export interface Erasure {
  personId: number;
  askedAt: Date;
  words: string[];
  finishedAt: Date | null;
}

const erasureColumns = `
  erasures.person_id as "personId", erasures.asked_at as "askedAt", erasures.words, erasures.finished_at as "finishedAt"`;

export async function selectErasure(tx: Transaction, personId: number): Promise<Erasure | undefined> {
  const rows = await tx.query<Erasure>(
    `select ${erasureColumns} from erasures where erasures.tenant_id = $1 and erasures.person_id = $2`,
    [tx.tenantId, personId],
  );
  return rows[0];
}

/** The erasures whose traces are still to be found. */
export const selectUnfinishedErasures = (tx: Transaction): Promise<Erasure[]> =>
  tx.query(
    `select ${erasureColumns} from erasures
     where erasures.tenant_id = $1 and erasures.finished_at is null
     order by erasures.person_id`,
    [tx.tenantId],
  );

/** People whose traces were found, of those who were erased since a moment. */
export async function selectErasedSince(tx: Transaction, since: Date): Promise<number[]> {
  const rows = await tx.query<{ id: number }>(
    `select erasures.person_id as id from erasures
     where erasures.tenant_id = $1 and erasures.asked_at >= $2 and erasures.finished_at is not null
     order by erasures.person_id`,
    [tx.tenantId, since],
  );
  return rows.map(row => row.id);
}

/** The words go with the last trace. */
export async function finishErasure(tx: Transaction, personId: number, now: Date): Promise<void> {
  await tx.query(
    `update erasures set words = '{}', finished_at = $3 where erasures.tenant_id = $1 and erasures.person_id = $2`,
    [tx.tenantId, personId, now],
  );
}
