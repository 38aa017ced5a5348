import fs from 'node:fs';
import type { Database, Transaction } from '../../../shared/database/database';
import { insertChunk, selectChunk } from './import.queries';

const chunkBytes = 256 * 1024;

/** Puts a file into the database, a piece at a time. */
export async function storePayload(tx: Transaction, importId: number, path: string): Promise<void> {
  let number = 0;
  for await (const bytes of fs.createReadStream(path, { highWaterMark: chunkBytes })) {
    await insertChunk(tx, { importId, number: number++ }, bytes as Buffer);
  }
}

/**
 * The bytes of an imported file as they were sent. Each piece is read in a transaction of its own: they never change,
 * and whoever reads slowly keeps no connection.
 */
export async function* readPayload(database: Database, tenantId: number, importId: number): AsyncGenerator<Buffer> {
  for (let number = 0; ; number++) {
    const bytes = await database.transaction(tenantId, 'read', tx => selectChunk(tx, { importId, number }));
    if (!bytes) return;
    yield bytes;
  }
}
