import type { RoleName } from '../../shared/access/roles';
import type { Transaction } from '../../shared/database/database';

export interface PersonRow {
  id: number;
  login: string;
  givenName: string | null;
  familyName: string | null;
  roles: RoleName[];
}

export interface PeopleSearch {
  /** Part of a login or a name, whatever the capitals; null for all. */
  text: string | null;
  /** Only who has one of these roles; null for all. */
  roles: readonly string[] | null;
  /** Behind the person of this login (in small letters) and id. */
  after: { login: string; id: number } | null;
  first: number;
}

/** People of the tenant by login, without who was deleted; one row more than asked for where there are more. */
export async function selectPeople(
  tx: Transaction,
  { text, roles, after, first }: PeopleSearch,
): Promise<{ rows: PersonRow[]; total: number }> {
  const pattern = text === null ? null : `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  const [answer] = await tx.query<{ rows: PersonRow[]; total: number }>(
    `with found as materialized (
       select people.id, people.login, people.given_name as "givenName", people.family_name as "familyName", people.roles
       from people
       where people.tenant_id = $1 and people.deleted_at is null
         and ($2::text is null or people.login ilike $2
           or concat_ws(' ', people.given_name, people.family_name) ilike $2)
         and ($3::text[] is null or people.roles && $3)
     ), page as (
       select found.* from found
       where $4::text is null or (lower(found.login), found.id) > ($4::text, $5::int)
       order by lower(found.login), found.id
       limit $6
     )
     select (select count(*)::int from found) as total,
       coalesce((select json_agg(page order by lower(page.login), page.id) from page), '[]'::json) as rows`,
    [tx.tenantId, pattern, roles, after?.login ?? null, after?.id ?? null, first + 1],
  );
  return answer!;
}
