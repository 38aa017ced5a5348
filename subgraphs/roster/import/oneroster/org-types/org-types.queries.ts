import type { Transaction } from '../../../../shared/database/database';
import type { OrgTypeName } from './defaults';

/** What the tenant has said itself: null where an org type is to be passed over. */
export async function selectOwnOrgTypes(tx: Transaction): Promise<Map<OrgTypeName, string | null>> {
  const rows = await tx.query<{ orgType: OrgTypeName; groupType: string | null }>(
    `select oneroster_org_types.org_type as "orgType", oneroster_org_types.group_type as "groupType"
     from oneroster_org_types where oneroster_org_types.tenant_id = $1`,
    [tx.tenantId],
  );
  return new Map(rows.map(({ orgType, groupType }) => [orgType, groupType]));
}

export async function upsertOrgTypes(
  tx: Transaction,
  types: readonly { orgType: OrgTypeName; groupType: string | null }[],
): Promise<void> {
  await tx.query(
    `insert into oneroster_org_types as known (tenant_id, org_type, group_type)
     select $1, said.org_type, said.group_type from unnest($2::text[], $3::text[]) said(org_type, group_type)
     order by said.org_type
     on conflict (tenant_id, org_type) do update set group_type = excluded.group_type
     where known.group_type is distinct from excluded.group_type`,
    [tx.tenantId, types.map(({ orgType }) => orgType), types.map(({ groupType }) => groupType)],
  );
}
