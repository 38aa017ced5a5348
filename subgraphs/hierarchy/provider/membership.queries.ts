import type { Transaction } from '../../shared/database/database';
import { coveringStatement } from '../nodes/view.queries';
import type { ConfiguredLevel } from './levels';

/** A hierarchy's levels, root first, with what the provider is to call them. */
export const selectConfiguredLevels = (tx: Transaction, hierarchyId: number): Promise<ConfiguredLevel[]> =>
  tx.query(
    `select hierarchy_levels.type, hierarchy_levels.provider_type as "providerType",
       hierarchy_levels.provider_level as "providerLevel"
     from hierarchy_levels where hierarchy_levels.hierarchy_id = $1
     order by hierarchy_levels.sequence`,
    [hierarchyId],
  );

export interface Member {
  id: number;
  roles: string[];
}

/** A person of the tenant by the customer's own id. */
export async function selectMember(tx: Transaction, eid: string): Promise<Member | undefined> {
  const rows = await tx.query<Member>(
    `select people.id, people.roles from people
     where people.tenant_id = $1 and people.external_id = $2 and people.deleted_at is null`,
    [tx.tenantId, eid],
  );
  return rows[0];
}

export interface MemberClass {
  id: number;
  externalId: string | null;
  type: 'STUDENT' | 'TEACHER';
}

/** The active classes that a person belongs to now; one of both kinds comes twice. */
export const selectMemberClasses = (tx: Transaction, personId: number): Promise<MemberClass[]> =>
  tx.query(
    `select classes.id, classes.external_id as "externalId", enrolments.type
     from enrolments
     join classes on classes.tenant_id = $1 and classes.id = enrolments.class_id and classes.active
     where enrolments.tenant_id = $1 and enrolments.person_id = $2 and enrolments.status = 'ACTIVE'
     order by classes.id`,
    [tx.tenantId, personId],
  );

export interface MemberGroup {
  id: number;
  externalId: string | null;
  type: string;
}

/**
 * The groups a person is a member of in a hierarchy: those above the person's classes, those granted to the person, and
 * those above these. First those the classes lead to.
 */
export const selectMemberGroups = (
  tx: Transaction,
  { personId, hierarchyId }: { personId: number; hierarchyId: number },
): Promise<MemberGroup[]> =>
  tx.query(
    `with standing as (
       select class_placements.parent_id as group_id, 0 as way
       from enrolments
       join classes on classes.tenant_id = $1 and classes.id = enrolments.class_id and classes.active
       join class_placements on class_placements.tenant_id = $1 and class_placements.hierarchy_id = $3
         and class_placements.class_id = classes.id
       where enrolments.tenant_id = $1 and enrolments.person_id = $2 and enrolments.status = 'ACTIVE'
       union all
       select access_grants.group_id, 1
       from access_grants where access_grants.tenant_id = $1 and access_grants.person_id = $2
     ),
     member as (
       select above.group_id, min(standing.way) as way
       from standing
       join tree_nodes on tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = $3
         and tree_nodes.group_id = standing.group_id
       cross join lateral unnest(tree_nodes.path || tree_nodes.group_id) above(group_id)
       group by above.group_id
     )
     select groups.id, groups.external_id as "externalId", groups.type
     from member
     join groups on groups.tenant_id = $1 and groups.id = member.group_id
     order by member.way, groups.id`,
    [tx.tenantId, personId, hierarchyId],
  );

/** Whether a person is granted a group that is granted to the caller, or stands below one where its classes are covered. */
export async function isGrantedBelow(
  tx: Transaction,
  { callerId, personId }: { callerId: number; personId: number },
): Promise<boolean> {
  const rows = await tx.query(
    `with ${coveringStatement}
     select from access_grants theirs
     where theirs.tenant_id = $1 and theirs.person_id = $3
       and (exists (select from access_grants own
           where own.tenant_id = $1 and own.person_id = $2 and own.group_id = theirs.group_id)
         or exists (select from covering
           join tree_nodes on tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = covering.hierarchy_id
             and tree_nodes.group_id = theirs.group_id and tree_nodes.pre between covering.pre and covering.post))
     limit 1`,
    [tx.tenantId, callerId, personId],
  );
  return rows.length > 0;
}
