import type { Transaction } from '../database/database';

export interface AuditRow {
  at: Date;
  personId: number | null;
  byPlatform: boolean;
  action: string;
  resourceType: string | null;
  resourceId: string | null;
  details: object;
  address: string | null;
  agent: string | null;
}

export async function insertAuditRow(tx: Transaction, row: AuditRow): Promise<void> {
  await tx.query(
    `insert into audit_log
       (tenant_id, recorded_at, person_id, by_platform, action, resource_type, resource_id, details, address, agent)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      tx.tenantId,
      row.at,
      row.personId,
      row.byPlatform,
      row.action,
      row.resourceType,
      row.resourceId,
      JSON.stringify(row.details),
      row.address,
      row.agent,
    ],
  );
}
