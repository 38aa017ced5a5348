import type { Transaction } from '../../../shared/database/database';
import { roleNames } from '../../../shared/access/roles';
import { noteDue } from './records.queries';

/** The roles that a file can give, in the order in which a person's are kept. */
const given = roleNames.filter(role => ['LEARNER', 'TEACHER', 'OFFICER'].includes(role));

/** The day of a moment in the tenant's time zone, as the files spell days. */
export const dayOf = (moment: string): string => `
  select to_char(${moment}::timestamptz at time zone tenant_settings.time_zone, 'YYYY-MM-DD') as day
  from tenant_settings where tenant_settings.tenant_id = $1`;

/**
 * What the files give a user is kept apart from what the person has otherwise: a role that a file gave, a file takes
 * back, and no other. Names and login are those of the row or, where it is not listed, of the person.
 */
export const noteDueUsers = (tx: Transaction, now: Date): Promise<void> =>
  noteDue(tx, {
    kind: 'users',
    derived: `
      with held as materialized (
        select held.fields->>'user' as user_id, held.fields->>'role' as role
        from gathered_records held
        cross join (${dayOf('$3')}) today
        where held.tenant_id = $1 and held.kind = 'roles' and not held.ended
          and coalesce(held.fields->>'begin' <= today.day, true) and coalesce(held.fields->>'end' > today.day, true)
          -- A customer who has gone back to 1.1 says it with the user: nobody would end the role of 1.2 any more.
          and not exists (select from gathered_records said
            where said.tenant_id = $1 and said.kind = 'users' and said.sourced_id = held.fields->>'user'
              and not said.ended and said.fields->>'role' is not null)
        union
        select held.sourced_id, held.fields->>'role'
        from gathered_records held
        where held.tenant_id = $1 and held.kind = 'users' and held.fields->>'role' is not null
      ),
      given as (
        select held.user_id, to_jsonb(array_agg(held.role order by array_position($2::text[], held.role))) as roles
        from held where held.role = any($2)
        group by held.user_id
      ),
      listed as (
        select distinct on (staged.sourced_id) staged.sourced_id,
          jsonb_build_object('login', staged.fields->>'login', 'given_name', staged.fields->>'given_name',
            'family_name', staged.fields->>'family_name') as names
        from staged_oneroster staged
        where staged.kind = 'users' and staged.sound and not staged.ended
        order by staged.sourced_id, staged.line
      )
      select record.sourced_id,
        jsonb_build_object('ended', record.ended, 'roles', case
          when record.ended or record.fields->>'enabled' = 'false' then '[]'
          else coalesce(given.roles, '[]') end) as content,
        coalesce(listed.names, known.names) as more, coalesce(listed.names <> known.names, false) as more_differs
      from gathered_records record
      left join given on given.user_id = record.sourced_id
      left join listed on listed.sourced_id = record.sourced_id
      left join (
        select people.external_id, jsonb_build_object('login', people.login, 'given_name', people.given_name,
          'family_name', people.family_name) as names
        from people where people.tenant_id = $1
      ) known on known.external_id = record.sourced_id
      where record.tenant_id = $1 and record.kind = 'users'`,
    parameters: [given, now],
  });

/** A user of whom no person has come, since the row was refused, is not there to be changed. */
export async function stageUsers(tx: Transaction, tenant: string): Promise<void> {
  await tx.query(
    `insert into staged_users (line, tenant, user_id, login, roles, given_name, family_name)
     select due.n, $2, due.sourced_id, due.more->>'login',
       array_to_string(array(
         select role.name from unnest($3::text[]) with ordinality role(name, place)
         where due.content->'roles' ? role.name
           or role.name = any(people.roles) and not coalesce(due.applied->'roles' ? role.name, false)
         order by role.place
       ), '|'),
       due.more->>'given_name', due.more->>'family_name'
     from oneroster_due due
     left join people on people.tenant_id = $1 and people.external_id = due.sourced_id
     where due.kind = 'users' and due.more is not null`,
    [tx.tenantId, tenant, roleNames],
  );
}

/** Roles of a user who is neither in a file nor otherwise here. */
export async function rejectRolesOfNobody(tx: Transaction): Promise<void> {
  await tx.query(
    `update oneroster_due due
     set reason = format('userSourcedId: expected a user of this bundle or of an earlier one; there is no ''%s''',
       due.content->>'user')
     where due.kind = 'roles' and not (due.content->>'ended')::boolean
       and not exists (select from gathered_records known
         where known.tenant_id = $1 and known.kind = 'users' and known.sourced_id = due.content->>'user')`,
    [tx.tenantId],
  );
}
