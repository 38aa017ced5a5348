import { platformTenant } from '../migrations/row-level-security';
import { Database } from '../subgraphs/shared/database/database';

/** Administrators bench-0, bench-1 and so on of a tenant. */
export async function insertAdministrators(url: string, { tenant, count }: { tenant: string; count: number }): Promise<void> {
  const owner = await Database.connect({ url, stepDown: false, entities: [], poolSize: 1 });
  const number = await owner.transaction(platformTenant, 'read', async tx => {
    const [found] = await tx.query<{ id: number }>('select tenants.id from tenants where tenants.external_id = $1', [tenant]);
    return found!.id;
  });
  await owner.transaction(number, 'write', tx =>
    tx.query(
      `insert into people (tenant_id, external_id, login, roles)
       select $1, 'bench-' || n, 'bench-' || n, array['ORG_ADMIN'] from generate_series(0, $2::int - 1) n`,
      [number, count],
    ),
  );
  await owner.close();
}
