import { Client, type ClientConfig } from 'pg';

/** Answers when the server takes connections to that database; else rejects with PostgreSQL's or the system's code. */
export async function ping(connection: ClientConfig): Promise<void> {
  await withClient({ ...connection, query_timeout: 5_000 }, client => client.query('select 1'));
}

/** Makes the database; one that is there already is as good. */
export async function createDatabase(connection: ClientConfig, name: string): Promise<void> {
  await withClient(connection, async client => {
    try {
      await client.query(`create database ${client.escapeIdentifier(name)}`);
    } catch (error) {
      const duplicate = ['42P04', '23505'].includes((error as { code?: string }).code ?? '');
      if (!duplicate) throw error;
    }
  });
}

async function withClient(connection: ClientConfig, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionTimeoutMillis: 5_000, ...connection });
  // A connection cut while idle is reported here too; the query that notices rejects by itself.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
