import { memberClasses, type Node, type View } from '../../hierarchy/published';
import type { RoleName } from '../../shared/access/roles';
import type { Transaction } from '../../shared/database/database';
import type { Period } from '../../shared/period';
import { Statement } from '../rollup/owners.queries';

export interface UsersRow {
  /** Null for all users, each once. */
  role: RoleName | null;
  total: number;
  active: number;
}

/**
 * The users by role, and in all: of a node who is enrolled at or below it now, without one everybody. Active is
 * who was learning, changed something or signed in on a day of the window.
 */
export function selectUsers(
  tx: Transaction,
  { of, window }: { of: { node: Node; view: View } | null; window: Period },
): Promise<UsersRow[]> {
  const statement = new Statement(tx);
  const from = statement.add(window.from, 'date');
  const through = statement.add(window.through, 'date');
  const everybody = of === null;
  const member = everybody
    ? { sql: '', parameters: [] }
    : memberClasses({ nodes: [of.node], view: of.view }, statement.parameters.length + 1);
  statement.parameters.push(...member.parameters);
  const ctes = everybody ? '' : `
    member as materialized (select distinct listed.class_id from (${member.sql}) listed),
    enrolled as (
      select distinct enrolment.person_id from member
      cross join lateral (
        select enrolments.person_id from enrolments
        join classes on classes.tenant_id = $1 and classes.id = enrolments.class_id and classes.active
        where enrolments.tenant_id = $1 and enrolments.class_id = member.class_id and enrolments.status = 'ACTIVE'
        offset 0
      ) enrolment
    ),`;
  const shown = everybody ? 'true' : 'learner_days.class_id in (select member.class_id from member)';
  return tx.query(
    `with ${ctes}
     deed as materialized (
       select distinct audit_log.person_id
       from tenant_settings
       join audit_log on audit_log.tenant_id = $1 and not audit_log.by_platform
         and audit_log.action not in ('REFUSED', 'READ', 'SIGN_IN_FAILED')
         and audit_log.recorded_at >= ${from}::timestamp at time zone tenant_settings.time_zone
         and audit_log.recorded_at < (${through} + 1)::timestamp at time zone tenant_settings.time_zone
       where tenant_settings.tenant_id = $1 and audit_log.person_id is not null
     ),
     known as (
       select people.roles, people.id in (select deed.person_id from deed) or exists (
         select from (
           select ${shown} as shown from learner_days
           where learner_days.tenant_id = $1 and learner_days.person_id = people.id
             and learner_days.day >= ${from} and learner_days.day <= ${through}
           offset 0
         ) fact
         where fact.shown
       ) as active
       from people
       where people.tenant_id = $1 and people.deleted_at is null
         ${everybody ? '' : 'and people.id in (select enrolled.person_id from enrolled)'}
     )
     select role.name as role, count(*)::float8 as total, count(*) filter (where known.active)::float8 as active
     from known
     cross join lateral (select unnest(known.roles) as name union all select null) role
     group by role.name`,
    statement.parameters,
  );
}
