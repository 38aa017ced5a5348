import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Client, type Connection } from 'pg';
import { startEmbeddedPostgres } from '../../../cli/postgres';
import { everyFigure } from '../metrics';
import { Database } from './database';
import { tellDatabase } from './figures';
import { migrate } from './migrate';

test('a replica is told of, and what it has yet to apply', async () => {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'strata-replicated-'));
  chmodSync(dataDir, 0o755); // as root the server runs as another
  const server = await startEmbeddedPostgres({ dataDir, settings: { wal_level: 'replica', max_wal_senders: '2' } });
  await migrate(server.url);
  const owner = await Database.connect({ url: server.url, stepDown: false, entities: [], poolSize: 1 });
  const replica = new Client({ ...{ connectionString: server.url, application_name: 'far-away', replication: 'true' } });
  replica.on('error', () => undefined); // the server ends before it does
  const end = tellDatabase({ owner, tables: [], figures: [], now: () => new Date(), every: 0, onError: error => console.error(error) });
  try {
    const [here] = await owner.transaction(1, 'read', tx => tx.query<{ lsn: string }>('select pg_current_wal_lsn() as lsn'));
    expect(await everyFigure()).not.toContain('strata_replica_lag');
    // A receiver of the write-ahead log, as a replica has one, that has applied everything up to here and nothing since.
    await replica.connect();
    void replica.query(`START_REPLICATION PHYSICAL ${here!.lsn}`).catch(() => undefined);
    const { connection } = replica as unknown as { connection: Connection & { sendCopyFromChunk(chunk: Buffer): void } };
    const applied = here!.lsn.split('/').reduce((high, low) => (high << 32n) + BigInt(`0x${low}`), 0n);
    const status = Buffer.alloc(34, 0);
    status.write('r');
    for (const at of [1, 9, 17]) status.writeBigUInt64BE(applied, at);
    const writer = new Client({ connectionString: server.url });
    await writer.connect();
    await writer.query('create table written_since as select generate_series(1, 10000)');
    await writer.end();
    let bytes = 0;
    for (let wait = 0; wait < 200 && bytes === 0; wait++) {
      await new Promise(resolve => setTimeout(resolve, 50));
      connection.sendCopyFromChunk(status);
      bytes = Number(/^strata_replica_lag_bytes\{replica="far-away"\} (\d+)/m.exec(await everyFigure())?.[1] ?? 0);
    }
    expect(bytes).toBeGreaterThan(100_000);
  } finally {
    await end();
    await owner.close();
    await Promise.race([replica.end(), new Promise(resolve => setTimeout(resolve, 1_000))]);
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
});
