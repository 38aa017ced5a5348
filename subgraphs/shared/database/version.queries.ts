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

/** A number, or the parameter in whose place one will stand. */
export type Given = number | `$${number}`;

/** The row that the next change of this process moves. */
export function nextSlot(changed: Changed): number {
  turn = (turn + 1) % slots;
  return (changed === 'structure' ? slots : 0) + turn;
}

/** Says that something of the tenant has changed, if this transaction wrote anything. */
export const moveSlot = (tenantId: Given, slot: Given): string => `
  insert into tenant_versions as known (tenant_id, slot, version)
  select ${tenantId}::int, ${slot}::smallint, 1
  where pg_current_xact_id_if_assigned() is not null
  on conflict (tenant_id, slot) do update set version = known.version + 1`;

export const moveVersion = (tenantId: number, changed: Changed = 'structure'): string =>
  moveSlot(tenantId, nextSlot(changed));

/**
 * Both grow with every change that was committed, so that the same version means the same data: `version` of all there
 * is, `structure` of all but activity.
 */
export const selectVersion = (tenantId: Given): string => `
  select coalesce(sum(tenant_versions.version), 0) as version,
    coalesce(sum(tenant_versions.version) filter (where tenant_versions.slot >= ${slots}), 0) as structure
  from tenant_versions where tenant_versions.tenant_id = ${tenantId}`;
