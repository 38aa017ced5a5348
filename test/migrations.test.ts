import { Client } from 'pg';
import { migrate, pendingMigrations, unmigrate } from '../subgraphs/shared/database/migrate';
import { createTestDatabase, type TestDatabase } from './database';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function ask<Row>(sql: string): Promise<Row[]> {
  const client = new Client(database.adminUrl);
  await client.connect();
  try {
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end();
  }
}

const schema = () =>
  ask(`
    select relation.relname, relation.relkind, relation.relrowsecurity, relation.relforcerowsecurity, relation.reloptions,
      case when relation.relkind = 'i' then pg_get_indexdef(relation.oid) end as index,
      (select array_agg(attribute.attname || ' ' || format_type(attribute.atttypid, attribute.atttypmod) || ' ' || attribute.attnotnull
         order by attribute.attname)
       from pg_attribute attribute
       where attribute.attrelid = relation.oid and attribute.attnum > 0 and not attribute.attisdropped) as columns,
      (select array_agg(pg_get_constraintdef(rule.oid) order by rule.conname) from pg_constraint rule where rule.conrelid = relation.oid) as rules,
      (select array_agg(policy.polname || pg_get_expr(policy.polqual, policy.polrelid) order by policy.polname) from pg_policy policy
       where policy.polrelid = relation.oid) as policies
    from pg_class relation
    where relation.relnamespace = 'public'::regnamespace and relation.relkind in ('r', 'p', 'i', 'v', 'm')
      and relation.relname not like 'schema_migrations%' and relation.relname not like 'PK\\_%'
    order by relation.relname`);

test('the way up, down and up again ends where it was', async () => {
  const before = await schema();
  expect(before.length).toBeGreaterThan(20);
  await unmigrate(database.directUrl);
  expect(await schema()).toEqual([]);
  expect(await pendingMigrations(database.directUrl)).not.toEqual([]);
  await migrate(database.directUrl);
  expect(await schema()).toEqual(before);
  expect(await pendingMigrations(database.directUrl)).toEqual([]);
});

test('several that migrate at once end well', async () => {
  await unmigrate(database.directUrl);
  const steps = await Promise.all([migrate(database.directUrl), migrate(database.directUrl), migrate(database.directUrl)]);
  expect(steps.filter(taken => taken.length > 0)).toHaveLength(1);
});

test('the three hierarchies of the field are there from the start', async () => {
  const rows = await ask<{ key: string; types: string }>(`
    select hierarchies.key, string_agg(hierarchy_levels.type, ' ' order by hierarchy_levels.sequence) as types
    from hierarchies join hierarchy_levels on hierarchy_levels.hierarchy_id = hierarchies.id group by 1 order by 1`);
  expect(rows).toEqual([
    { key: 'india', types: 'country state district block cluster school' },
    { key: 'sap', types: 'country school' },
    { key: 'us', types: 'country state school_district school' },
  ]);
});

test('every table of tenants is counted soon after a tenant has come: a migration that makes one says so', async () => {
  const tables = await ask<{ table: string; options: string[] | null }>(`
    select relation.oid::regclass::text as table, relation.reloptions as options
    from pg_class relation
    join pg_attribute attribute on attribute.attrelid = relation.oid and attribute.attname = 'tenant_id'
    where relation.relnamespace = 'public'::regnamespace and relation.relkind = 'r' and not relation.relispartition`);
  expect(tables.length).toBeGreaterThan(30);
  const soon = ['autovacuum_analyze_threshold=500', 'autovacuum_analyze_scale_factor=0.001'];
  for (const { table, options } of tables) expect([table, ...(options ?? [])]).toEqual(expect.arrayContaining([table, ...soon]));
});

describe('the application role', () => {
  test('is no superuser, owns nothing and cannot pass row-level security by', async () => {
    expect(await ask(`select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname = 'strata_app'`)).toEqual([
      { rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false },
    ]);
    expect(await ask(`select relname from pg_class where relowner = 'strata_app'::regrole`)).toEqual([]);
    expect(
      await ask(`select roleid::regrole::text from pg_auth_members where member = 'strata_app'::regrole`),
    ).toEqual([]);
  });

  test('reaches no table or partition of tenants without forced row-level security and a policy', async () => {
    const open = await ask(`
      select relation.relname
      from pg_class relation
      where relation.relnamespace = 'public'::regnamespace and relation.relkind in ('r', 'p')
        and relation.relname <> 'schema_migrations'
        and not (relation.relrowsecurity and relation.relforcerowsecurity
                 and exists (select from pg_policy where pg_policy.polrelid = relation.oid))`);
    expect(open).toEqual([]);
  });

  test('every policy of a table with tenant_id compares it with the transaction’s tenant, and with nothing else', async () => {
    const policies = await ask<{ table: string; condition: string; check: string }>(`
      select policy.polrelid::regclass::text as table, pg_get_expr(policy.polqual, policy.polrelid) as condition,
        pg_get_expr(policy.polwithcheck, policy.polrelid) as check
      from pg_policy policy
      join pg_attribute attribute on attribute.attrelid = policy.polrelid and attribute.attname = 'tenant_id'`);
    expect(policies.length).toBeGreaterThan(15);
    const own = `(tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::integer)`;
    for (const policy of policies) expect(policy).toEqual({ table: policy.table, condition: own, check: own });
  });

  test('is granted nothing on partitions, views, materialised views, or functions that run as somebody else', async () => {
    const granted = await ask(`
      select relation.relname from pg_class relation
      where relation.relnamespace = 'public'::regnamespace
        and (relation.relispartition or relation.relkind in ('v', 'm'))
        and has_table_privilege('strata_app', relation.oid, 'select, insert, update, delete')`);
    expect(granted).toEqual([]);
    expect(await ask(`select proname from pg_proc where pronamespace = 'public'::regnamespace and prosecdef`)).toEqual([]);
  });

  test('can neither read nor write the list of applied migrations', async () => {
    expect(await ask(`select has_table_privilege('strata_app', 'schema_migrations', 'select, insert, update, delete') as may`)).toEqual([
      { may: false },
    ]);
  });
});
