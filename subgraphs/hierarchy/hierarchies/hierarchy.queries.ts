import type { Transaction } from '../../shared/database/database';

/** A hierarchy as the transaction's tenant sees it. */
export interface HierarchyRow {
  id: number;
  key: string;
  name: string;
  description: string | null;
  /** Grows with the levels and with the tenant's placements. */
  version: number;
  /** Whether the tenant has placed anything in it. */
  inUse: boolean;
  /** Whether it is the tenant's own. */
  isOwn: boolean;
}

const columns = `
  hierarchies.id, hierarchies.key, hierarchies.name, hierarchies.description,
  hierarchies.levels_version + coalesce(tenant_hierarchies.version, 0) as version,
  (exists (select from group_placements
           where group_placements.tenant_id = $1 and group_placements.hierarchy_id = hierarchies.id)
   or exists (select from class_placements
              where class_placements.tenant_id = $1 and class_placements.hierarchy_id = hierarchies.id)) as "inUse",
  tenant_settings.applicable_hierarchy_id = hierarchies.id as "isOwn"`;

const source = `
  hierarchies
  join tenant_settings on tenant_settings.tenant_id = $1
  left join tenant_hierarchies
    on tenant_hierarchies.tenant_id = $1 and tenant_hierarchies.hierarchy_id = hierarchies.id`;

/** All hierarchies there are, those of the tenant marked, by name. */
export const selectHierarchies = (tx: Transaction): Promise<HierarchyRow[]> =>
  tx.query(`select ${columns} from ${source} order by hierarchies.name collate "und-x-icu", hierarchies.key`, [tx.tenantId]);

/** The hierarchies with these public ids. */
export const selectHierarchiesByKey = (tx: Transaction, keys: readonly string[]): Promise<HierarchyRow[]> =>
  tx.query(`select ${columns} from ${source} where hierarchies.key = any($2)`, [tx.tenantId, keys]);

/** The tenant's own hierarchy. */
export async function selectOwnHierarchy(tx: Transaction): Promise<HierarchyRow> {
  const [own] = await tx.query<HierarchyRow>(
    `select ${columns} from ${source} where hierarchies.id = tenant_settings.applicable_hierarchy_id`,
    [tx.tenantId],
  );
  if (!own) throw new Error('the tenant has no settings');
  return own;
}

export interface LevelRow {
  hierarchyId: number;
  sequence: number;
  name: string;
  type: string;
  stored: boolean;
}

/** The levels of hierarchies, root first, without the leaf. */
export const selectLevels = (tx: Transaction, hierarchyIds: readonly number[]): Promise<LevelRow[]> =>
  tx.query(
    `select hierarchy_levels.hierarchy_id as "hierarchyId", hierarchy_levels.sequence, hierarchy_levels.name,
       hierarchy_levels.type, hierarchy_levels.stored
     from hierarchy_levels
     where hierarchy_levels.hierarchy_id = any($1)
     order by hierarchy_levels.hierarchy_id, hierarchy_levels.sequence`,
    [hierarchyIds],
  );
