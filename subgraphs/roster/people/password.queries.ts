import type { RoleName } from '../../shared/access/roles';
import type { Transaction } from '../../shared/database/database';

export interface PersonWithPassword {
  id: number;
  external_id: string;
  roles: RoleName[];
  hash: string | null;
}

/** The person of the transaction's tenant who logs in so, however it is capitalised. Who was deleted is nobody. */
export async function selectPersonWithPassword(tx: Transaction, login: string): Promise<PersonWithPassword | undefined> {
  const rows = await tx.query<PersonWithPassword>(
    `select people.id, people.external_id, people.roles, person_passwords.hash
     from people
     left join person_passwords
       on person_passwords.tenant_id = people.tenant_id and person_passwords.person_id = people.id
     where people.tenant_id = $1 and people.login_key = lower($2) and people.deleted_at is null`,
    [tx.tenantId, login],
  );
  return rows[0];
}

/** Sets a person's password, or sets it anew. */
export async function upsertPassword(
  tx: Transaction,
  { personId, hash, now }: { personId: number; hash: string; now: Date },
): Promise<void> {
  await tx.query(
    `insert into person_passwords (tenant_id, person_id, hash, changed_at) values ($1, $2, $3, $4)
     on conflict (tenant_id, person_id) do update set hash = excluded.hash, changed_at = excluded.changed_at`,
    [tx.tenantId, personId, hash, now],
  );
}

/** Has the commit written down as one that changes something: it takes as long, and nothing is kept. */
export async function emitNothing(tx: Transaction): Promise<void> {
  await tx.query("select pg_logical_emit_message(true, 'strata', '')");
}
