import type { Transaction } from '../subgraphs/shared/database/database';

export interface Placement {
  hierarchy: string;
  kind: 'group' | 'class';
  child: number;
  parent: number | null;
}

/** Every placement of the tenant. */
export const selectPlacements = (tx: Transaction): Promise<Placement[]> =>
  tx.query(
    `select hierarchies.key as hierarchy, 'group' as kind, placed.group_id as child, placed.parent_id as parent
     from group_placements placed join hierarchies on hierarchies.id = placed.hierarchy_id where placed.tenant_id = $1
     union all
     select hierarchies.key, 'class', placed.class_id, placed.parent_id
     from class_placements placed join hierarchies on hierarchies.id = placed.hierarchy_id where placed.tenant_id = $1`,
    [tx.tenantId],
  );

export interface Things {
  groups: { number: number; type: string }[];
  classes: { number: number; externalId: string }[];
}

export const selectThings = async (tx: Transaction): Promise<Things> => ({
  groups: await tx.query(
    `select groups.id as number, groups.type from groups where groups.tenant_id = $1 order by groups.id`,
    [tx.tenantId],
  ),
  classes: await tx.query(
    `select classes.id as number, classes.external_id as "externalId" from classes
     where classes.tenant_id = $1 order by classes.id`,
    [tx.tenantId],
  ),
});

/** The first levels of hierarchies. */
export async function selectFirstLevels(tx: Transaction): Promise<Map<string, string>> {
  const rows = await tx.query<{ key: string; type: string }>(
    `select distinct on (hierarchies.id) hierarchies.key, hierarchy_levels.type
     from hierarchies join hierarchy_levels on hierarchy_levels.hierarchy_id = hierarchies.id
     order by hierarchies.id, hierarchy_levels.sequence`,
  );
  return new Map(rows.map(({ key, type }) => [key, type]));
}

/** Sessions of this database, the asking one apart, that are in the middle of something or hold a tenant's lock. */
export const selectStuckSessions = (tx: Transaction): Promise<{ pid: number; state: string; query: string }[]> =>
  tx.query(
    `select pg_stat_activity.pid, pg_stat_activity.state, pg_stat_activity.query
     from pg_stat_activity
     where pg_stat_activity.datname = current_database() and pg_stat_activity.pid <> pg_backend_pid()
       and (pg_stat_activity.state <> 'idle' or exists (
         select from pg_locks where pg_locks.pid = pg_stat_activity.pid and pg_locks.locktype = 'advisory'))
       and pg_stat_activity.backend_type = 'client backend'`,
  );

/** How many sessions of this database wait for a lock. */
export async function countWaiting(tx: Transaction): Promise<number> {
  const [row] = await tx.query<{ waiting: number }>(
    `select count(*)::int as waiting from pg_locks
     join pg_stat_activity on pg_stat_activity.pid = pg_locks.pid and pg_stat_activity.datname = current_database()
     where not pg_locks.granted`,
  );
  return row!.waiting;
}
