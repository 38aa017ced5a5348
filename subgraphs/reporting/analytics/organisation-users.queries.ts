import { memberClasses, type Node, type View } from '../../hierarchy/published';
import type { RoleName } from '../../shared/access/roles';
import type { Transaction } from '../../shared/database/database';
import { groupBy } from '../../shared/group-by';
import type { Day, Period } from '../../shared/period';
import { Statement } from '../rollup/owners.queries';

export interface UsersRow {
  /** Null for all users, each once. */
  role: RoleName | null;
  total: number;
  active: number;
}

interface AskedUsers {
  /** Null: everybody of the tenant, under the key ''. */
  of: { nodes: readonly Node[]; view: View; today: Day } | null;
  window: Period;
  /** What the audit log said before has expired; null: nothing has. */
  auditedSince: Date | null;
}

/**
 * The users of each node by role, and in all: who is enrolled at or below it now, begun by `today`; or everybody. Active is who was
 * learning, changed something or signed in on a day of the window. One statement, however many nodes.
 */
export async function selectUsers(tx: Transaction, { of, window, auditedSince }: AskedUsers): Promise<Map<string, UsersRow[]>> {
  const statement = new Statement(tx);
  const from = statement.add(window.from, 'date');
  const through = statement.add(window.through, 'date');
  const since = statement.add(auditedSince, 'timestamptz');
  const everybody = of === null;
  const member = everybody ? { sql: '', parameters: [] } : memberClasses(of, statement.parameters.length + 1);
  statement.parameters.push(...member.parameters);
  const ctes = everybody ? '' : `
    member as materialized (select distinct listed.key, listed.class_id from (${member.sql}) listed),
    enrolled as (
      select distinct member.key, enrolment.person_id from member
      cross join lateral (
        select enrolments.person_id from enrolments
        join classes on classes.tenant_id = $1 and classes.id = enrolments.class_id and classes.active
        join tenant_settings on tenant_settings.tenant_id = $1
        where enrolments.tenant_id = $1 and enrolments.class_id = member.class_id and enrolments.status = 'ACTIVE'
          and (enrolments.enrolled_at at time zone tenant_settings.time_zone)::date <= ${statement.add(of.today, 'date')}
        offset 0
      ) enrolment
    ),`;
  const shown = everybody ? 'true' : '(enrolled.key, learner_days.class_id) in (select member.key, member.class_id from member)';
  const rows = await tx.query<UsersRow & { key: string }>(
    `with ${ctes}
     deed as materialized (
       select distinct audit_log.person_id
       from tenant_settings
       join audit_log on audit_log.tenant_id = $1 and not audit_log.by_platform
         and audit_log.action not in ('REFUSED', 'READ', 'SIGN_IN_FAILED')
         and audit_log.recorded_at >= ${from}::timestamp at time zone tenant_settings.time_zone
         and audit_log.recorded_at < (${through} + 1)::timestamp at time zone tenant_settings.time_zone
         and (${since} is null or audit_log.recorded_at >= ${since})
       where tenant_settings.tenant_id = $1 and audit_log.person_id is not null
     ),
     known as (
       select ${everybody ? `''::text` : 'enrolled.key'} as key, people.roles, people.id in (select deed.person_id from deed) or exists (
         select from (
           select ${shown} as shown from learner_days
           where learner_days.tenant_id = $1 and learner_days.person_id = people.id
             and learner_days.day >= ${from} and learner_days.day <= ${through}
           offset 0
         ) fact
         where fact.shown
       ) as active
       from people
       ${everybody ? '' : 'join enrolled on enrolled.person_id = people.id'}
       where people.tenant_id = $1 and people.deleted_at is null
     )
     select known.key, role.name as role, count(*)::float8 as total, count(*) filter (where known.active)::float8 as active
     from known
     cross join lateral (select unnest(known.roles) as name union all select null) role
     group by known.key, role.name`,
    statement.parameters,
  );
  const byKey = groupBy(rows, row => row.key);
  return new Map([...byKey].map(([key, own]) => [key, own.map(({ role, total, active }) => ({ role, total, active }))]));
}
