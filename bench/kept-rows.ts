import path from 'node:path';
import type { Client } from 'pg';
import { copyInKept, copyOutKept, createKeptLike, emptyKeptLike, keptTables } from './events.queries';

interface KeptRows {
  clients: readonly Client[];
  tenantId: number;
  /** A folder that the server may write to. */
  room: string;
}

/**
 * What Strata keeps of the events: their ids, themselves, and the facts and sums that follow. Copied into empty tables
 * with the same keys, it is the least that keeping just these rows can take. Returns the milliseconds that takes.
 */
export async function copyKeptRows({ clients, tenantId, room }: KeptRows): Promise<number> {
  const client = clients[0]!;
  await createKeptLike(client);
  const files: { table: string; file: string }[] = [];
  for (const table of keptTables) {
    for (let part = 0; part < clients.length; part++) {
      const file = path.join(room, `kept-${table}-${part}`);
      await copyOutKept(client, { table, tenantId, file, part, parts: clients.length });
      files.push({ table, file });
    }
  }
  const begun = performance.now();
  await Promise.all(clients.map(async each => {
    for (let next = files.shift(); next; next = files.shift()) await copyInKept(each, next);
  }));
  const taken = performance.now() - begun;
  await emptyKeptLike(client);
  return taken;
}
