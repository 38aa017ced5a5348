import type { Transaction } from '../shared/database/database';
import {
  countWritten,
  lookUpDueRows,
  rejectContradictions,
  settleDueRows,
  type Merged,
} from '../shared/database/due-rows.queries';

/** How a bundle's rows, staged in temporary tables, come into this subgraph's tables: groups, grants and placements. */

interface Load {
  /** The customer's id of the transaction's tenant. */
  tenant: string;
  now: Date;
}

/** Two loads of the same tenant take turns. */
export async function lockLoad(tx: Transaction): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(7310004, $1)`, [tx.tenantId]);
}

export async function mergeGroups(tx: Transaction, { tenant, now }: Load): Promise<Merged> {
  await lookUpDueRows(
    tx,
    `select staged.line, staged.group_id, staged.type, staged.name, staged.code, null::text as reason
     from staged_groups staged where staged.tenant = $1`,
    [tenant],
  );
  await rejectContradictions(tx, { key: ['type', 'group_id'], content: ['name', 'code'] });
  const changed = await countWritten(
    tx,
    `update groups set name = due.name, code = due.code, updated_at = $2
     from due
     where groups.tenant_id = $1 and groups.type = due.type and groups.external_id = due.group_id
       and due.reason is null and (groups.name, groups.code) is distinct from (due.name, due.code)
     returning groups.id`,
    [tx.tenantId, now],
  );
  const added = await countWritten(
    tx,
    `insert into groups (tenant_id, external_id, type, name, code, created_at, updated_at)
     select $1, due.group_id, due.type, due.name, due.code, $2, $2
     from due
     where due.reason is null and not exists (select from groups
       where groups.tenant_id = $1 and groups.type = due.type and groups.external_id = due.group_id)
     order by due.line
     on conflict do nothing
     returning groups.id`,
    [tx.tenantId, now],
  );
  return settleDueRows(tx, { added, changed });
}

export async function mergeGrants(tx: Transaction, { tenant, now }: Load): Promise<Merged> {
  await lookUpDueRows(
    tx,
    `select staged.line, people.id as person_id, groups.id as group_id,
       case
         when people.id is null then
           format('user_id: expected a user of this tenant; there is no ''%s''', staged.user_id)
         when groups.id is null then
           format('group_id: expected a %s of this tenant; there is no ''%s''', staged.group_type, staged.group_id)
       end as reason
     from staged_grants staged
     left join people on people.tenant_id = $1 and people.external_id = staged.user_id and people.deleted_at is null
     left join groups
       on groups.tenant_id = $1 and groups.type = staged.group_type and groups.external_id = staged.group_id
     where staged.tenant = $2`,
    [tx.tenantId, tenant],
  );
  const added = await countWritten(
    tx,
    `insert into access_grants (tenant_id, person_id, group_id, granted_at)
     select $1, due.person_id, due.group_id, $2
     from due
     where due.reason is null and not exists (select from access_grants
       where access_grants.tenant_id = $1 and access_grants.person_id = due.person_id
         and access_grants.group_id = due.group_id)
     order by due.line
     on conflict do nothing
     returning access_grants.person_id`,
    [tx.tenantId, now],
  );
  return settleDueRows(tx, { added, changed: 0 });
}

/** The hierarchies, by number, in which the tenant's staged rows place something. */
export async function selectHierarchiesToPlaceIn(tx: Transaction, { tenant }: Load): Promise<number[]> {
  const rows = await tx.query<{ id: number }>(
    `select hierarchies.id from hierarchies
     where exists (select from staged_placements staged where staged.tenant = $1 and staged.hierarchy = hierarchies.key)
     order by hierarchies.id`,
    [tenant],
  );
  return rows.map(row => row.id);
}

export interface MergedPlacements {
  /** By file: placements.csv and country_school_mapping.csv say the same thing in two ways. */
  files: Record<string, Merged>;
  /** The hierarchies, by number, in which something was placed or moved. */
  moved: number[];
}

/** The trees must be locked. The same rules as of a placement by hand: nothing that would not be a tree is written. */
export async function mergePlacements(tx: Transaction, load: Load): Promise<MergedPlacements> {
  await lookUpPlacements(tx, load);
  await sayRings(tx);
  await rejectContradictions(tx, {
    key: ['hierarchy_id', 'is_class', 'child'],
    content: ['parent'],
    order: 'due.file desc, due.line',
    reason: `format('CONFLICT: expected one parent in a hierarchy; %s came, and line %s of %s places it under %s',
      due.parent_name, first.line, first.file, first.parent_name)`,
  });
  const changed = [...(await updatePlacements(tx, 'group')), ...(await updatePlacements(tx, 'class'))];
  const added = [...(await insertPlacements(tx, 'group')), ...(await insertPlacements(tx, 'class'))];
  const sum = (written: Written[], file: string) =>
    written.filter(row => row.file === file).reduce((total, row) => total + row.rows, 0);
  const files: Record<string, Merged> = {};
  for (const file of ['placements.csv', 'country_school_mapping.csv']) {
    const counts = { added: sum(added, file), changed: sum(changed, file) };
    files[file] = await settleDueRows(tx, { ...counts, only: `due.file = '${file}'` });
  }
  return { files, moved: [...new Set([...changed, ...added].map(row => row.hierarchyId))].sort((a, b) => a - b) };
}

const lookUpPlacements = (tx: Transaction, { tenant }: Load): Promise<void> =>
  lookUpDueRows(
    tx,
    `select staged.line, staged.file, hierarchies.id as hierarchy_id, staged.child_type = 'class' as is_class,
       coalesce(child_group.id, child_class.id) as child, parent.id as parent,
       staged.child_type || ' ''' || staged.child_id || '''' as child_name,
       coalesce(staged.parent_type || ' ''' || staged.parent_id || '''', 'no parent') as parent_name,
       coalesce(parent_level.sequence >= child_level.sequence, false) as upside_down,
       case
         when hierarchies.id is null then
           format('hierarchy_id: expected a known hierarchy; there is no ''%s''', staged.hierarchy)
         when staged.child_type <> 'class' and child_level.sequence is null then
           format('child_type: expected a level of the hierarchy ''%s'' (%s, class); %s came',
             staged.hierarchy, levels.types, staged.child_type)
         when child_group.id is null and child_class.id is null then
           format('child_id: expected a %s of this tenant; there is no ''%s''', staged.child_type, staged.child_id)
         when staged.parent_id is null then
           case when staged.child_type <> levels.first then
             format('parent_id: expected a parent, since only a %s is a root of the hierarchy ''%s''; '
               'none came for the %s ''%s''', levels.first, staged.hierarchy, staged.child_type, staged.child_id)
           end
         when parent_level.sequence is null then
           format('parent_type: expected a level of the hierarchy ''%s'' (%s); %s came',
             staged.hierarchy, levels.types, staged.parent_type)
         when parent.id is null then
           format('parent_id: expected a %s of this tenant; there is no ''%s''', staged.parent_type, staged.parent_id)
         when parent_level.sequence >= child_level.sequence then
           format('parent_type: expected a level above %s (the order is %s, class); %s came',
             staged.child_type, levels.types, staged.parent_type)
       end as reason
     from staged_placements staged
     left join hierarchies on hierarchies.key = staged.hierarchy
     left join (
       select hierarchy_levels.hierarchy_id,
         string_agg(hierarchy_levels.type, ', ' order by hierarchy_levels.sequence) as types,
         (array_agg(hierarchy_levels.type order by hierarchy_levels.sequence))[1] as first
       from hierarchy_levels group by hierarchy_levels.hierarchy_id
     ) levels on levels.hierarchy_id = hierarchies.id
     left join hierarchy_levels child_level
       on child_level.hierarchy_id = hierarchies.id and child_level.type = staged.child_type
     left join hierarchy_levels parent_level
       on parent_level.hierarchy_id = hierarchies.id and parent_level.type = staged.parent_type
     left join groups child_group on child_group.tenant_id = $1
       and child_group.type = staged.child_type and child_group.external_id = staged.child_id
     left join classes child_class on child_class.tenant_id = $1
       and staged.child_type = 'class' and child_class.external_id = staged.child_id
     left join groups parent on parent.tenant_id = $1
       and parent.type = staged.parent_type and parent.external_id = staged.parent_id
     where staged.tenant = $2`,
    [tx.tenantId, tenant],
  );

/** A parent that does not stand above its child may even hang below it, by these rows or by what is placed already. */
const sayRings = (tx: Transaction): Promise<unknown> =>
  tx.query(
    `with recursive edge as materialized (
       select due.hierarchy_id, due.child, due.parent from due
       where not due.is_class and due.child is not null and due.parent is not null
         and exists (select from due where due.upside_down)
       union
       select group_placements.hierarchy_id, group_placements.group_id, group_placements.parent_id
       from group_placements
       where group_placements.tenant_id = $1 and group_placements.parent_id is not null
         and exists (select from due where due.upside_down)
     ),
     up as (
       select due.file, due.line, due.hierarchy_id, due.child, due.parent as above
       from (select due.* from due where due.upside_down and due.child is not null and due.parent is not null
             order by due.line limit 1000) due
       union
       select up.file, up.line, up.hierarchy_id, up.child, edge.parent
       from up join edge on edge.hierarchy_id = up.hierarchy_id and edge.child = up.above
       where up.above <> up.child
     )
     update due set reason = format('parent_id: expected a parent above its child; the %s hangs below the %s, '
       'so this would make a ring', due.parent_name, due.child_name)
     from up
     where up.file = due.file and up.line = due.line and up.above = up.child`,
    [tx.tenantId],
  );

interface Written {
  file: string;
  hierarchyId: number;
  rows: number;
}

const updatePlacements = (tx: Transaction, kind: 'group' | 'class'): Promise<Written[]> =>
  tx.query(
    `with written as (
       update ${kind}_placements placed set parent_id = due.parent
       from due
       where placed.tenant_id = $1 and placed.hierarchy_id = due.hierarchy_id and placed.${kind}_id = due.child
         and due.is_class = $2 and due.reason is null and placed.parent_id is distinct from due.parent
       returning due.file, placed.hierarchy_id
     )
     select written.file, written.hierarchy_id as "hierarchyId", count(*)::int as rows from written group by 1, 2`,
    [tx.tenantId, kind === 'class'],
  );

/** Of rows that say the same the first counts as the one that was added. */
const insertPlacements = (tx: Transaction, kind: 'group' | 'class'): Promise<Written[]> =>
  tx.query(
    `with written as (
       insert into ${kind}_placements (tenant_id, hierarchy_id, ${kind}_id, parent_id)
       select $1, due.hierarchy_id, due.child, due.parent
       from due
       where due.is_class = $2 and due.reason is null and not exists (select from ${kind}_placements placed
         where placed.tenant_id = $1 and placed.hierarchy_id = due.hierarchy_id and placed.${kind}_id = due.child)
       order by due.hierarchy_id, due.parent, due.child
       on conflict do nothing
       returning ${kind}_placements.hierarchy_id, ${kind}_placements.${kind}_id as child
     ),
     first as (
       select distinct on (due.hierarchy_id, due.child) due.hierarchy_id, due.child, due.file
       from due where due.is_class = $2 and due.reason is null
       order by due.hierarchy_id, due.child, due.file desc
     )
     select first.file, written.hierarchy_id as "hierarchyId", count(*)::int as rows
     from written join first on first.hierarchy_id = written.hierarchy_id and first.child = written.child
     group by 1, 2`,
    [tx.tenantId, kind === 'class'],
  );
