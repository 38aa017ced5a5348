/**
 * Rows that share a tenant's version. Changes of one process move one after the other: a row is held until its change is
 * on disk, and two that chance sent to the same one would wait for the disk twice.
 */
const slots = 16;
let turn = Math.floor(Math.random() * slots);

/** What a transaction changed: activity and its figures alone, or anything that decides who sees which node where. */
export type Changed = 'activity' | 'structure';

/** Whether a slot counts changes of structure. */
export const isOfStructure = (slot: number): boolean => slot >= slots;

/**
 * Says that something of the tenant has changed, if this transaction wrote anything. Sent in one message with the commit,
 * so without parameters.
 */
export function moveVersion(tenantId: number, changed: Changed = 'structure'): string {
  turn = (turn + 1) % slots;
  return `
  insert into tenant_versions as known (tenant_id, slot, version)
  select ${tenantId}, ${(changed === 'structure' ? slots : 0) + turn}, 1
  where pg_current_xact_id_if_assigned() is not null
  on conflict (tenant_id, slot) do update set version = known.version + 1`;
}

/**
 * Both grow with every change that was committed, so that the same version means the same data: `version` of all there
 * is, `structure` of all but activity.
 */
export const selectVersion = (tenantId: number): string => `
  select coalesce(sum(tenant_versions.version), 0) as version,
    coalesce(sum(tenant_versions.version) filter (where tenant_versions.slot >= ${slots}), 0) as structure
  from tenant_versions where tenant_versions.tenant_id = ${tenantId}`;
