import type { Transaction } from '../../subgraphs/shared/database/database';
import type { WorldClass, WorldTenant } from './world';

/** Names, logins and codes of their own for everything, so that an answer shows which of them it gave away. */
export const nameEverything = {
  tenant: (tx: Transaction, { number, name }: WorldTenant) =>
    tx.query('update tenants set name = $2 where tenants.id = $1', [number, name]),

  async rows(tx: Transaction, { people }: WorldTenant): Promise<void> {
    for (const table of ['groups', 'classes']) {
      await tx.query(
        `update ${table} set name = 'n' || substr(external_id, 2), code = 'c' || substr(external_id, 2)
         where ${table}.tenant_id = $1`,
        [tx.tenantId],
      );
    }
    const gone = people.filter(({ deleted }) => deleted).map(({ externalId }) => externalId);
    await tx.query(
      `update people set login = 'l' || substr(external_id, 2), given_name = 'g' || substr(external_id, 2),
         family_name = 'f' || substr(external_id, 2), deleted_at = case when external_id = any($2) then now() end
       where people.tenant_id = $1`,
      [tx.tenantId, gone],
    );
  },
};

/** Our numbers, by kind and the customer's identifier. */
export async function selectNumbers(tx: Transaction): Promise<Map<string, number>> {
  const rows = await tx.query<{ name: string; number: number }>(
    `select 'group ' || groups.external_id as name, groups.id as number from groups where groups.tenant_id = $1
     union all
     select 'class ' || classes.external_id, classes.id from classes where classes.tenant_id = $1
     union all
     select 'person ' || people.external_id, people.id from people where people.tenant_id = $1
     union all
     select 'competency ' || competencies.code, competencies.id from competencies where competencies.tenant_id = $1`,
    [tx.tenantId],
  );
  return new Map(rows.map(({ name, number }) => [name, number]));
}

/** What the roster says of a class's school. */
export const setSchools = (tx: Transaction, classes: readonly WorldClass[]): Promise<unknown> =>
  tx.query(
    `update classes set school_id = given.school_id from unnest($2::int[], $3::int[]) given(id, school_id)
     where classes.tenant_id = $1 and classes.id = given.id`,
    [tx.tenantId, classes.map(({ number }) => number), classes.map(({ school }) => school?.number ?? null)],
  );
