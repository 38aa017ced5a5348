import type { Transaction } from '../../shared/database/database';

export interface AuditLogRow {
  id: string;
  /** To the microsecond, as text, for the next page. */
  moment: string;
  recorded_at: Date;
  action: string;
  person_id: number | null;
  login: string | null;
  by_platform: boolean;
  resource_type: string | null;
  resource_id: string | null;
  details: object;
  address: string | null;
  agent: string | null;
}

export interface AuditLogFilter {
  actions: string[] | null;
  personId: number | null;
  since: Date | null;
}

/** The newest rows first, after the one with this moment and id. */
export function selectAuditLog(
  tx: Transaction,
  { actions, personId, since, limit, after }: AuditLogFilter & { limit: number; after: [moment: string, id: string] | null },
): Promise<AuditLogRow[]> {
  return tx.query<AuditLogRow>(
    `select audit_log.id, audit_log.recorded_at, audit_log.recorded_at::text as moment, audit_log.action,
            audit_log.person_id, people.login, audit_log.by_platform, audit_log.resource_type, audit_log.resource_id,
            audit_log.details, host(audit_log.address) as address, audit_log.agent
     from audit_log
     left join people
       on people.tenant_id = audit_log.tenant_id and people.id = audit_log.person_id
       and people.deleted_at is null and not audit_log.by_platform
     where audit_log.tenant_id = $1
       and ($2::text[] is null or audit_log.action = any($2))
       and ($3::int is null or audit_log.person_id = $3)
       and ($4::timestamptz is null or audit_log.recorded_at >= $4)
       and ($5::timestamptz is null or (audit_log.recorded_at, audit_log.id) < ($5, $6::uuid))
     order by audit_log.recorded_at desc, audit_log.id desc
     limit $7`,
    [tx.tenantId, actions, personId, since, after?.[0] ?? null, after?.[1] ?? null, limit],
  );
}
