import type { Transaction } from '../../../shared/database/database';
import { noteDue } from './records.queries';

/** The tenant's own hierarchy, and what its org types become. */
export interface Place {
  hierarchyId: number;
  hierarchyKey: string;
  /** From the root down. */
  levels: { type: string; sequence: number }[];
  /** By org type; what is missing is passed over. */
  groupTypes: Record<string, string | null>;
}

/** So many orgs one above the other are looked at: more than any roster has, and no ring without end. */
const mostSteps = 64;

/**
 * Where each org stands, in the temporary table oneroster_orgs: the group it becomes, the nearest org above it that is
 * a level above its own, and for its classes the nearest that is a level at all and the nearest school.
 */
export async function placeOrgs(tx: Transaction, { levels, groupTypes }: Place): Promise<void> {
  await tx.query(
    `create temporary table oneroster_orgs on commit drop as
     with recursive org as materialized (
       select record.sourced_id, record.ended, record.fields->>'name' as name, record.fields->>'identifier' as code,
         record.fields->>'parent' as parent, types.group_type, level.sequence as level
       from gathered_records record
       left join jsonb_each_text($3::jsonb) types(org_type, group_type) on types.org_type = record.fields->>'type'
       left join jsonb_to_recordset($2::jsonb) level(type text, sequence int) on level.type = types.group_type
       where record.tenant_id = $1 and record.kind = 'orgs'
     ),
     -- Nothing leads further up from an org that has ended.
     up as (
       select org.sourced_id, org.sourced_id as above, array[org.sourced_id] as path from org
       union all
       select up.sourced_id, org.parent, up.path || org.parent
       from up
       join org on org.sourced_id = up.above and not org.ended
       where org.parent is not null and org.parent <> all(up.path) and cardinality(up.path) < ${mostSteps}
     ),
     seen as materialized (
       select up.sourced_id, cardinality(up.path) as step, above.sourced_id as above, above.group_type, above.level,
         above.ended
       from up join org above on above.sourced_id = up.above
     )
     select org.sourced_id, org.ended, org.name, org.code, org.parent, org.group_type, org.level,
       parent.above as parent_id, parent.group_type as parent_type, node.above as node_id, node.group_type as node_type,
       school.above as school_id
     from org
     left join (
       select distinct on (seen.sourced_id) seen.sourced_id, seen.above, seen.group_type
       from seen join org own on own.sourced_id = seen.sourced_id
       where not seen.ended and seen.level < own.level
       order by seen.sourced_id, seen.step
     ) parent on parent.sourced_id = org.sourced_id
     left join (
       select distinct on (seen.sourced_id) seen.sourced_id, seen.above, seen.group_type
       from seen where not seen.ended and seen.level is not null
       order by seen.sourced_id, seen.step
     ) node on node.sourced_id = org.sourced_id
     left join (
       select distinct on (seen.sourced_id) seen.sourced_id, seen.above
       from seen where seen.group_type = 'school'
       order by seen.sourced_id, seen.step
     ) school on school.sourced_id = org.sourced_id`,
    [tx.tenantId, JSON.stringify(levels), JSON.stringify(groupTypes)],
  );
  await tx.query('create index on oneroster_orgs (sourced_id)');
  await tx.query('analyze oneroster_orgs');
}

/** An org of the first level is a root; another that no org stands above is left where it may have been placed by hand. */
export const noteDueOrgs = (tx: Transaction, { hierarchyKey, levels }: Place): Promise<void> =>
  noteDue(tx, {
    kind: 'orgs',
    derived: `
      select org.sourced_id, null::jsonb as more, false as more_differs,
        jsonb_build_object('ended', org.ended, 'name', org.name, 'code', org.code, 'type', org.group_type,
          'hierarchy', $2::text,
          'placed', not org.ended and org.level is not null and (org.level = $3 or org.parent_id is not null),
          'parent_type', case when not org.ended then org.parent_type end,
          'parent_id', case when not org.ended then org.parent_id end) as content
      from oneroster_orgs org`,
    parameters: [hierarchyKey, levels[0]?.sequence ?? 0],
  });

/** Listed orgs of a level that has others above it, none of which is there although a parent is named and exists. */
export const selectWithoutPlace = (
  tx: Transaction,
  { hierarchyKey, levels }: Place,
): Promise<{ line: number; reason: string }[]> =>
  tx.query(
    `select due.line, format('parentSourcedId: expected an org above that is a level above %s in the hierarchy ''%s''; '
         'there is none above ''%s'', so it has no place there', org.group_type, $1::text, org.sourced_id) as reason
     from oneroster_due due
     join oneroster_orgs org on org.sourced_id = due.sourced_id
     join oneroster_orgs parent on parent.sourced_id = org.parent and not parent.ended
     where due.kind = 'orgs' and due.line is not null and not org.ended and org.level <> $2 and org.parent_id is null
     order by due.line
     limit 1000`,
    [hierarchyKey, levels[0]?.sequence ?? 0],
  );

export async function stageGroups(tx: Transaction, tenant: string): Promise<void> {
  await tx.query(
    `insert into staged_groups (line, tenant, group_id, type, name, code)
     select due.n, $1, due.sourced_id, due.content->>'type', due.content->>'name', due.content->>'code'
     from oneroster_due due
     where due.kind = 'orgs' and due.content->>'type' is not null and not (due.content->>'ended')::boolean`,
    [tenant],
  );
}

/** Of groups and classes. */
export async function stagePlacements(tx: Transaction, { tenant, place }: { tenant: string; place: Place }): Promise<void> {
  await tx.query(
    `insert into staged_placements (line, tenant, file, hierarchy, child_type, child_id, parent_type, parent_id)
     select due.n, $1, 'placements.csv', $2, case due.kind when 'orgs' then due.content->>'type' else 'class' end,
       due.sourced_id, due.content->>'parent_type', due.content->>'parent_id'
     from oneroster_due due
     where due.kind in ('orgs', 'classes') and (due.content->>'placed')::boolean`,
    [tenant, place.hierarchyKey],
  );
}

export interface Unplaced {
  kind: 'orgs' | 'classes';
  type: string;
  id: string;
  parentType: string | null;
  parentId: string | null;
}

/** What an earlier bundle placed and nothing places any more; or, of another type now, nothing places as that group. */
export const selectUnplaced = (tx: Transaction, { hierarchyKey }: Place): Promise<Unplaced[]> =>
  tx.query(
    `select due.kind, coalesce(due.applied->>'type', 'class') as type, due.sourced_id as id,
       due.applied->>'parent_type' as "parentType", due.applied->>'parent_id' as "parentId"
     from oneroster_due due
     where due.kind in ('orgs', 'classes') and due.applied->>'hierarchy' = $1 and (due.applied->>'placed')::boolean
       and (not (due.content->>'placed')::boolean or due.content->>'type' is distinct from due.applied->>'type')
     order by due.n`,
    [hierarchyKey],
  );
