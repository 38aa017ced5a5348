import { platformTenant } from '../migrations/row-level-security';
import { growVersion, lockTree, rebuildTree } from '../subgraphs/hierarchy/placements/tree.queries';
import type { Database, Transaction } from '../subgraphs/shared/database/database';

export type Row = Record<string, unknown>;

/**
 * Rows of one table of the transaction's tenant, under the names of its columns; what no row names has its default.
 * Returns the ids that the rows were given, in their order.
 */
export async function insertRows(tx: Transaction, table: string, rows: Row[]): Promise<number[]> {
  if (rows.length === 0) return [];
  const columns = Object.keys(rows[0]!);
  const inserted = await tx.query<{ id: number }>(
    `insert into ${table} as made (tenant_id, ${columns.join(', ')})
     select $1, ${columns.map(column => `given.${column}`).join(', ')}
     from jsonb_populate_recordset(null::${table}, $2) given
     returning (to_jsonb(made) ->> 'id')::int as id`,
    [tx.tenantId, JSON.stringify(rows)],
  );
  return inserted.map(row => row.id);
}

/** A tenant with its settings; its number. */
export async function insertTenant(
  owner: Database,
  { externalId, hierarchy, timeZone }: { externalId: string; hierarchy: string; timeZone: string },
): Promise<number> {
  const [tenant] = await owner.transaction(platformTenant, 'write', tx =>
    tx.query<{ id: number }>(
      'insert into tenants (external_id, name) values ($1, initcap($1)) returning tenants.id',
      [externalId],
    ),
  );
  await owner.transaction(tenant!.id, 'write', tx =>
    tx.query(
      `insert into tenant_settings (tenant_id, applicable_hierarchy_id, time_zone)
       select $1, hierarchies.id, $3 from hierarchies where hierarchies.key = $2`,
      [tx.tenantId, hierarchy, timeZone],
    ),
  );
  return tenant!.id;
}

export async function selectHierarchyNumbers(tx: Transaction): Promise<Map<string, number>> {
  const rows = await tx.query<{ id: number; key: string }>('select hierarchies.id, hierarchies.key from hierarchies');
  return new Map(rows.map(row => [row.key, row.id]));
}

/** Makes the tenant's trees from the placements that stand there by now. */
export async function growTrees(tx: Transaction, hierarchies: number[]): Promise<void> {
  for (const hierarchy of hierarchies) {
    await lockTree(tx, hierarchy);
    await growVersion(tx, hierarchy);
    await rebuildTree(tx, hierarchy);
  }
}
