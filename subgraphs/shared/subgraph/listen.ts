import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface OpenServer {
  readonly port: number;
  /** Accepts nothing more, lets what is being answered end, and breaks off what has not ended in time. */
  close(patience?: number): Promise<void>;
}

/** The port cannot be had; the message says why. */
export class PortNotFree extends Error {
  override readonly name = 'PortNotFree';
}

/** Without a host it listens on every interface. */
export async function listen(handler: RequestListener, at: { port: number; host?: string }): Promise<OpenServer> {
  const server = createServer({ keepAliveTimeout: 65_000 }, handler);
  server.listen(at);
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') throw new PortNotFree(`Port ${at.port} is taken by another program.`);
    if (code === 'EACCES') throw new PortNotFree(`Port ${at.port} may not be used by this user.`);
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  let closing: Promise<void> | undefined;
  return { port, close: (patience = 10_000) => (closing ??= drain(server, patience)) };
}

async function drain(server: Server, patience: number): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  // A connection that was answering becomes idle later, and would be kept for the client's next request.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  const deadline = setTimeout(() => server.closeAllConnections(), patience);
  await closed;
  clearInterval(sweep);
  clearTimeout(deadline);
}
