import { Client } from 'pg';

/** Whatever is written moves a tenant's version, also where it changes nothing; who is refused is written down. */
const moving = ['tenant_versions', 'audit_log'];

/** A digest of each table's rows, of all tenants: by the server's own login. When a row was touched last is left out. */
export async function selectContents(adminUrl: string): Promise<Record<string, string>> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `select pg_class.relname as name from pg_class
       where pg_class.relnamespace = 'public'::regnamespace and pg_class.relkind in ('r', 'p')
         and not pg_class.relispartition and pg_class.relname <> all($1)
       order by pg_class.relname`,
      [moving],
    );
    const contents: Record<string, string> = {};
    for (const { name } of tables) {
      const { rows } = await client.query<{ rows: string; digest: string | null }>(
        `select count(*) as rows, md5(string_agg(kept.row, '' order by kept.row)) as digest
         from (select md5((to_jsonb(listed) - 'updated_at')::text) as row from ${name} listed) kept`,
      );
      contents[name] = `${rows[0]!.rows} rows, ${rows[0]!.digest}`;
    }
    return contents;
  } finally {
    await client.end();
  }
}
