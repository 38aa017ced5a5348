/** Rows that share a tenant's version; which one a change moves is left to chance. */
const slots = 16;

/**
 * Says that something of the tenant has changed, if this transaction wrote anything. Sent in one message with the commit,
 * so without parameters.
 */
export const moveVersion = (tenantId: number): string => `
  insert into tenant_versions as known (tenant_id, slot, version)
  select ${tenantId}, ${Math.floor(Math.random() * slots)}, 1
  where pg_current_xact_id_if_assigned() is not null
  on conflict (tenant_id, slot) do update set version = known.version + 1`;

/** Grows with every change that was committed, so that the same version means the same data. */
export const selectVersion = (tenantId: number): string => `
  select coalesce(sum(tenant_versions.version), 0) as version
  from tenant_versions where tenant_versions.tenant_id = ${tenantId}`;
