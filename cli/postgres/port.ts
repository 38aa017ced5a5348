import { randomInt } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import { replaceFile } from './files';

/** The port of the last start, so that a client's settings stay right; another one when somebody else has taken it. */
export async function choosePort(file: string): Promise<number> {
  const kept = fs.existsSync(file) ? Number(fs.readFileSync(file, 'utf8')) : NaN;
  if (Number.isInteger(kept) && kept > 0 && kept < 65_536 && (await isFree(kept))) return kept;
  for (let attempt = 0; attempt < 100; attempt += 1) {
    // Below what systems hand out for outgoing connections (from 32768 on), which would take it now and then.
    const port = randomInt(15_432, 32_768);
    if (await isFree(port)) {
      replaceFile(file, `${port}\n`);
      return port;
    }
  }
  throw new Error('Found no free port on 127.0.0.1 between 15432 and 32767 for the embedded PostgreSQL');
}

function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = net.createServer();
    server.on('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
