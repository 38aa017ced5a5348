import type { Transaction } from '../../shared/database/database';

/** Something that hangs below others in one hierarchy, and where it hangs in another. */
export interface Below {
  number: number;
  type: string;
  name: string;
  /** The group under which it hangs there. */
  under: number;
  /** Whether it has a place here, and under what: null for nothing. */
  placed: boolean;
  parent: number | null;
}

interface Asked {
  /** Here. */
  hierarchyId: number;
  /** There. */
  source: number;
  groups: readonly number[];
  /** These, with what is below them, are left out. */
  except: readonly number[];
  most: number;
}

/** A hierarchy has fewer levels. */
const deepest = 20;

/** The groups below others in the hierarchy `source`, each after the one it hangs under. */
export const selectGroupsBelow = (tx: Transaction, { hierarchyId, source, groups, except, most }: Asked): Promise<Below[]> =>
  tx.queryPlannedAnew(
    `with recursive below as (
       select start.group_id, null::int as under, 0 as depth from unnest($4::int[]) start(group_id)
       union all
       select child.group_id, below.group_id, below.depth + 1
       from below
       cross join lateral (
         select group_placements.group_id from group_placements
         where group_placements.tenant_id = $1 and group_placements.hierarchy_id = $3
           and group_placements.parent_id = below.group_id
         offset 0 -- looked up group by group, whatever the statistics say
       ) child
       where child.group_id <> all($5::int[]) and below.depth < ${deepest}
     )
     select groups.id as number, groups.type, groups.name, below.under,
       here.group_id is not null as placed, here.parent_id as parent
     from (select below.* from below where below.depth > 0 order by below.depth, below.group_id limit $6) below
     join groups on groups.tenant_id = $1 and groups.id = below.group_id
     left join group_placements here on here.tenant_id = $1 and here.hierarchy_id = $2 and here.group_id = below.group_id
     order by below.depth, below.group_id`,
    [tx.tenantId, hierarchyId, source, groups, except, most],
  );

/** The classes right under groups in the hierarchy `source`. */
export const selectClassesUnder = (tx: Transaction, { hierarchyId, source, groups, except, most }: Asked): Promise<Below[]> =>
  tx.queryPlannedAnew(
    `select classes.id as number, 'class' as type, classes.name, there.parent_id as under,
       here.class_id is not null as placed, here.parent_id as parent
     from (
       select class_placements.class_id, class_placements.parent_id from class_placements
       where class_placements.tenant_id = $1 and class_placements.hierarchy_id = $3
         and class_placements.parent_id = any($4) and class_placements.class_id <> all($5::int[])
       order by class_placements.class_id limit $6
     ) there
     join classes on classes.tenant_id = $1 and classes.id = there.class_id
     left join class_placements here on here.tenant_id = $1 and here.hierarchy_id = $2 and here.class_id = there.class_id
     order by classes.id`,
    [tx.tenantId, hierarchyId, source, groups, except, most],
  );
