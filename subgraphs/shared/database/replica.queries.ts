/** What both servers tell of a moment; sent in one message with others, so without parameters. */
const slotsOf = (tenantId: number): string => `
  (select coalesce(json_object_agg(tenant_versions.slot, tenant_versions.version), '{}')
   from tenant_versions where tenant_versions.tenant_id = ${tenantId}) as slots`;

export interface PrimaryMoment {
  /** The tenant's version, slot by slot. */
  slots: Record<string, number>;
  /** The primary's clock, before it looked. */
  now: Date;
}

export const selectPrimaryMoment = (tenantId: number): string =>
  `select ${slotsOf(tenantId)}, transaction_timestamp() as now`;

export interface ReplicaMoment {
  slots: Record<string, number>;
  /** By the primary's clock: all that was committed before is in this snapshot. Null where nobody has kept the time yet. */
  asOf: Date | null;
  /** False once it is no replica any more. */
  follows: boolean;
}

export const selectReplicaMoment = (tenantId: number): string => `
  select ${slotsOf(tenantId)}, nullif(heartbeat.beat_at, '-infinity') as "asOf", pg_is_in_recovery() as follows
  from heartbeat`;
