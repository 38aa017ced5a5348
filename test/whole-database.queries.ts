import { Client } from 'pg';

/** Every table of the database that is no partition, as its own superuser sees it. */
export async function selectTables(adminUrl: string): Promise<string[]> {
  return withClient(adminUrl, async client => {
    const { rows } = await client.query<{ name: string }>(
      `select relname as name from pg_class
       where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition order by 1`,
    );
    return rows.map(row => row.name);
  });
}

/** The tables in which some column of some row holds one of these words, whatever its type and the capitals. */
export const selectTablesWith = (adminUrl: string, words: readonly string[]): Promise<string[]> =>
  withClient(adminUrl, async client => {
    const found: string[] = [];
    for (const name of await selectTables(adminUrl)) {
      const { rows: columns } = await client.query<{ name: string; bytes: boolean }>(
        `select column_name as name, data_type = 'bytea' as bytes from information_schema.columns
         where table_schema = 'public' and table_name = $1`,
        [name],
      );
      for (const column of columns) {
        const text = column.bytes ? `encode("${column.name}", 'escape')` : `"${column.name}"::text`;
        const { rows } = await client.query(
          `select 1 from "${name}" where exists (
             select from unnest($1::text[]) word(text) where position(lower(word.text) in lower(${text})) > 0) limit 1`,
          [words],
        );
        if (rows.length > 0) found.push(`${name}.${column.name}`);
      }
    }
    return found;
  });

async function withClient<T>(connectionString: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
