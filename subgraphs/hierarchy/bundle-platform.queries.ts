import type { Transaction } from '../shared/database/database';
import { moveVersion } from '../shared/database/version.queries';

/** What a bundle says about hierarchies and tenants is written in a transaction of the platform's. */

export interface BundleLevel {
  sequence: number;
  name: string;
  type: string;
  stored: boolean;
  providerType: string | null;
  providerLevel: number | null;
}

export interface BundleHierarchy {
  id: number;
  key: string;
  name: string;
  description: string | null;
  levels: BundleLevel[];
}

/** Every hierarchy there is with its levels, root first. */
export const selectAllHierarchies = (tx: Transaction): Promise<BundleHierarchy[]> =>
  tx.query(
    `select hierarchies.id, hierarchies.key, hierarchies.name, hierarchies.description,
       coalesce(jsonb_agg(jsonb_build_object(
         'sequence', hierarchy_levels.sequence, 'name', hierarchy_levels.name, 'type', hierarchy_levels.type,
         'stored', hierarchy_levels.stored, 'providerType', hierarchy_levels.provider_type,
         'providerLevel', hierarchy_levels.provider_level) order by hierarchy_levels.sequence)
         filter (where hierarchy_levels.sequence is not null), '[]') as levels
     from hierarchies
     left join hierarchy_levels on hierarchy_levels.hierarchy_id = hierarchies.id
     group by hierarchies.id
     order by hierarchies.id`,
  );

export async function insertHierarchy(
  tx: Transaction,
  { key, name, description, now }: { key: string; name: string; description: string | null; now: Date },
): Promise<number> {
  const [row] = await tx.query<{ id: number }>(
    `insert into hierarchies (key, name, description, created_at, updated_at) values ($1, $2, $3, $4, $4)
     returning hierarchies.id`,
    [key, name, description, now],
  );
  return row!.id;
}

export async function updateHierarchyWords(
  tx: Transaction,
  { id, name, description, now }: { id: number; name: string; description: string | null; now: Date },
): Promise<void> {
  await tx.query(`update hierarchies set name = $2, description = $3, updated_at = $4 where hierarchies.id = $1`, [
    id, name, description, now,
  ]);
}

/** Writes these levels in the place of what has their sequences; two of them may have exchanged their types. */
export async function replaceLevels(
  tx: Transaction,
  { hierarchyId, levels }: { hierarchyId: number; levels: BundleLevel[] },
): Promise<void> {
  await tx.query(
    `delete from hierarchy_levels where hierarchy_levels.hierarchy_id = $1 and hierarchy_levels.sequence = any($2)`,
    [hierarchyId, levels.map(level => level.sequence)],
  );
  await tx.query(
    `insert into hierarchy_levels (hierarchy_id, sequence, name, type, stored, provider_type, provider_level)
     select $1, level.* from unnest($2::int[], $3::text[], $4::text[], $5::boolean[], $6::text[], $7::int[]) level`,
    [
      hierarchyId,
      levels.map(level => level.sequence),
      levels.map(level => level.name),
      levels.map(level => level.type),
      levels.map(level => level.stored),
      levels.map(level => level.providerType),
      levels.map(level => level.providerLevel),
    ],
  );
}

export async function growLevelsVersion(tx: Transaction, hierarchyId: number, now: Date): Promise<void> {
  await tx.query(
    `update hierarchies set levels_version = hierarchies.levels_version + 1, updated_at = $2 where hierarchies.id = $1`,
    [hierarchyId, now],
  );
}

export interface BundleTenant {
  externalId: string;
  name: string;
  hierarchyId: number;
  timeZone: string;
}

/** The tenants with these of the customers' ids. */
export const selectTenants = (
  tx: Transaction,
  externalIds: string[],
): Promise<{ id: number; externalId: string; name: string }[]> =>
  tx.query(
    `select tenants.id, tenants.external_id as "externalId", tenants.name
     from tenants where tenants.external_id = any($1) order by tenants.id`,
    [externalIds],
  );

/** The time zones the database knows, as it spells them, by their names in lower case. */
export async function selectTimeZones(tx: Transaction, names: string[]): Promise<Map<string, string>> {
  const rows = await tx.query<{ name: string }>(
    `select pg_timezone_names.name from pg_timezone_names where lower(pg_timezone_names.name) = any($1)`,
    [names.map(name => name.toLowerCase())],
  );
  return new Map(rows.map(({ name }) => [name.toLowerCase(), name]));
}

/** Makes a tenant with its settings, or brings them up to date. */
export async function mergeTenant(
  tx: Transaction,
  { externalId, name, hierarchyId, timeZone }: BundleTenant,
): Promise<'added' | 'changed' | 'unchanged'> {
  const [made] = await tx.query<{ id: number }>(
    `insert into tenants (external_id, name)
     select $1, $2 where not exists (select from tenants where tenants.external_id = $1)
     returning tenants.id`,
    [externalId, name],
  );
  if (made) {
    await asTenant(tx, made.id, () =>
      tx.query(
        `insert into tenant_settings (tenant_id, applicable_hierarchy_id, time_zone) values ($1, $2, $3)`,
        [made.id, hierarchyId, timeZone],
      ),
    );
    return 'added';
  }
  const [tenant] = await selectTenants(tx, [externalId]);
  const renamed = tenant!.name !== name;
  if (renamed) await tx.query(`update tenants set name = $2 where tenants.id = $1`, [tenant!.id, name]);
  const written = await asTenant(tx, tenant!.id, () =>
    tx.query(
      `update tenant_settings set applicable_hierarchy_id = $2, time_zone = $3, version = tenant_settings.version + 1
       where tenant_settings.tenant_id = $1 and ($4
         or (tenant_settings.applicable_hierarchy_id, tenant_settings.time_zone) is distinct from ($2, $3))
       returning tenant_settings.version`,
      [tenant!.id, hierarchyId, timeZone, renamed],
    ),
  );
  if (written.length === 0) return 'unchanged';
  // The transaction is the platform's: it says by itself that something of the platform's has changed, not of this tenant's.
  await asTenant(tx, tenant!.id, () => tx.query(moveVersion(tenant!.id)));
  return 'changed';
}

/** A tenant's rows can be written in that tenant's name alone, even in the transaction that makes the tenant. */
async function asTenant<T>(tx: Transaction, tenantId: number, work: () => Promise<T>): Promise<T> {
  const become = (id: number) => tx.query(`select set_config('app.tenant_id', $1, true)`, [String(id)]);
  await become(tenantId);
  const result = await work();
  await become(tx.tenantId);
  return result;
}
