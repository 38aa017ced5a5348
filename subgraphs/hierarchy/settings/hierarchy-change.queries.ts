import type { Transaction } from '../../shared/database/database';

/** What would be otherwise if another hierarchy were the tenant's own. */
export interface HierarchyChange {
  classesToOther: number;
  classesFromOther: number;
  usersGainingAccess: number;
  usersLosingAccess: number;
}

interface Change {
  /** The hierarchy that is the tenant's own now. */
  from: number;
  /** The one that would be. */
  to: number;
}

/** Counts active classes that one of the hierarchies connects to a root and the other does not; both ways. */
export async function selectClassesChangingOther(
  tx: Transaction,
  { from, to }: Change,
): Promise<Pick<HierarchyChange, 'classesToOther' | 'classesFromOther'>> {
  const connected = (hierarchy: string): string => `
    exists (
      select from class_placements
      join tree_nodes on tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = ${hierarchy}
        and tree_nodes.group_id = class_placements.parent_id
      where class_placements.tenant_id = $1
        and class_placements.hierarchy_id = ${hierarchy} and class_placements.class_id = classes.id
    )`;
  const [row] = await tx.query<{ classesToOther: number; classesFromOther: number }>(
    `select (count(*) filter (where connection.now and not connection.then))::int as "classesToOther",
       (count(*) filter (where connection.then and not connection.now))::int as "classesFromOther"
     from classes
     cross join lateral (select ${connected('$2')} as now, ${connected('$3')} as then offset 0) connection
     where classes.tenant_id = $1 and classes.active`,
    [tx.tenantId, from, to],
  );
  return row!;
}

/**
 * Counts people whose covered classes would change. A granted group covers what is below it in the tenant's own
 * hierarchy or, where it does not stand there, in those where it does: so other groups count now than then. People with
 * the same grants and no classes of their own are looked at once.
 */
export async function selectPeopleChangingView(
  tx: Transaction,
  { from, to }: Change,
): Promise<Pick<HierarchyChange, 'usersGainingAccess' | 'usersLosingAccess'>> {
  const [row] = await tx.query<{ usersGainingAccess: number; usersLosingAccess: number }>(
    `with standing as materialized (
       select tree_nodes.group_id, tree_nodes.hierarchy_id, tree_nodes.pre, tree_nodes.post,
         tree_nodes.hierarchy_id = $2 or not exists (
           select from tree_nodes own
           where own.tenant_id = $1 and own.hierarchy_id = $2 and own.group_id = tree_nodes.group_id
         ) as now,
         tree_nodes.hierarchy_id = $3 or not exists (
           select from tree_nodes own
           where own.tenant_id = $1 and own.hierarchy_id = $3 and own.group_id = tree_nodes.group_id
         ) as then
       from tree_nodes
       where tree_nodes.tenant_id = $1 and exists (
         select from access_grants
         where access_grants.tenant_id = $1 and access_grants.group_id = tree_nodes.group_id
       )
     ),
     covering as materialized (
       select standing.group_id, class_placements.class_id, bool_or(standing.now) as now, bool_or(standing.then) as then
       from standing
       join tree_nodes on tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = standing.hierarchy_id
         and tree_nodes.pre between standing.pre and standing.post
       join class_placements on class_placements.tenant_id = $1
         and class_placements.hierarchy_id = standing.hierarchy_id and class_placements.parent_id = tree_nodes.group_id
       where standing.now or standing.then
       group by standing.group_id, class_placements.class_id
     ),
     holder as (
       select people.id, array_agg(access_grants.group_id order by access_grants.group_id) as groups,
         case when 'TEACHER' = any(people.roles) and exists (
           select from enrolments
           where enrolments.tenant_id = $1 and enrolments.person_id = people.id
             and enrolments.type = 'TEACHER' and enrolments.status = 'ACTIVE'
         ) then people.id end as teacher_id
       from access_grants
       join people on people.tenant_id = $1 and people.id = access_grants.person_id and people.deleted_at is null
         and people.roles && '{OFFICER,PARTNER,TEACHER}' and not people.roles && '{ORG_ADMIN}'
       where access_grants.tenant_id = $1
       group by people.id, people.roles
     ),
     alike as (
       select holder.groups, holder.teacher_id, count(*) as people from holder group by holder.groups, holder.teacher_id
     ),
     changing as (
       select alike.people, coalesce(bool_or(class.then and not class.now), false) as gains,
         coalesce(bool_or(class.now and not class.then), false) as loses
       from alike
       cross join lateral (
         select bool_or(covering.now) as now, bool_or(covering.then) as then
         from covering
         where covering.group_id = any(alike.groups) and not exists (
           select from enrolments
           join classes on classes.tenant_id = $1 and classes.id = enrolments.class_id and classes.active
           where enrolments.tenant_id = $1 and enrolments.person_id = alike.teacher_id
             and enrolments.class_id = covering.class_id
             and enrolments.type = 'TEACHER' and enrolments.status = 'ACTIVE'
         )
         group by covering.class_id
       ) class
       group by alike.groups, alike.teacher_id, alike.people
     )
     select coalesce(sum(changing.people) filter (where changing.gains), 0)::int as "usersGainingAccess",
       coalesce(sum(changing.people) filter (where changing.loses), 0)::int as "usersLosingAccess"
     from changing`,
    [tx.tenantId, from, to],
  );
  return row!;
}
