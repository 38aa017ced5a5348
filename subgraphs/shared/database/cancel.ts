import { once } from 'node:events';
import { connect } from 'node:net';
import type { PoolClient } from 'pg';

/** What pg knows of a connection and does not tell in its types. */
type Connected = PoolClient & { host: string; port: number; processID: number; secretKey: number };

const cancelRequest = 80_877_102; // PostgreSQL's number for this message
const patience = 5_000;

/**
 * Has the database give up what runs on this connection, as libpq does: by a connection of its own, with the key that
 * the server gave. Resolves when the server has heard it, so that it cannot hit what the connection runs next.
 */
export async function cancelStatement(client: PoolClient): Promise<void> {
  const { host, port, processID, secretKey } = client as Connected;
  const message = Buffer.alloc(16);
  for (const [index, value] of [16, cancelRequest, processID, secretKey].entries()) message.writeInt32BE(value, index * 4);
  const socket = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
  socket.setTimeout(patience, () => socket.destroy());
  socket.on('error', () => undefined); // the statement then ends by its own time limit
  socket.write(message); // and no end: the server closes when it has heard it, and a pooler takes an end before for a loss
  socket.resume();
  await once(socket, 'close');
}
