import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { Pool } from 'pg';
import type { BenchEvent } from './events';
import { copied, copyIn, copyRow } from './events.queries';

const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 4 });
const room = process.env.BENCH_ROOM!;
const tenantId = Number(process.env.BENCH_TENANT);
let files = 0;

/** A batch as it comes over HTTP, read and copied. */
async function take(body: string): Promise<number> {
  const events = body.trimEnd().split('\n').map(line => JSON.parse(line) as BenchEvent);
  const file = path.join(room, `bare-${files++ % 16}`);
  writeFileSync(file, events.map(event => copyRow(tenantId, event)).join(''));
  const client = await pool.connect();
  try {
    await copyIn(client, { table: copied.plain, file });
  } finally {
    client.release();
  }
  return events.length;
}

/** The least that takes activity in over HTTP: no identity, no check, no id known twice, no sum. */
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    take(Buffer.concat(chunks).toString('utf8')).then(
      accepted => response.writeHead(202, { 'content-type': 'application/json' }).end(JSON.stringify({ accepted })),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
});

if (require.main === module) {
  server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as AddressInfo).port }));
  process.on('disconnect', () => process.exit());
}
