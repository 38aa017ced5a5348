import { once } from 'node:events';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { Server as NetServer, type AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { Express } from 'express';
import { Crowd } from '../crowd';
import { badInput } from '../errors';
import { defaultLimits, type Limits } from '../limits/limits';
import { bornForApp } from './born-for-app';
import { problemDetails } from './http';

export interface OpenServer {
  readonly port: number;
  /** Has the app answer whatever comes from now on; a server has one app, for good. */
  answerWith(app: Express): void;
  /** Accepts nothing more, lets what is being answered end, and breaks off what has not ended in time. */
  close(patience?: number): Promise<void>;
}

/** The port cannot be had; the message says why. */
export class PortNotFree extends Error {
  override readonly name = 'PortNotFree';
}

export interface ListenAt {
  port: number;
  /** Without one it listens on every interface. */
  host?: string;
  /** The usual ones when omitted. */
  limits?: Pick<Limits, 'headerSeconds' | 'uploadSeconds' | 'connections'>;
}

export async function listen(handler: RequestListener, { limits = defaultLimits, ...at }: ListenAt): Promise<OpenServer> {
  const { headerSeconds, uploadSeconds, connections } = limits;
  const born = bornForApp();
  let answer = handler;
  const answerWith = (app: Express): void => {
    born.adopt(app);
    answer = app;
  };
  if (isApp(handler)) answerWith(handler);
  const server = createServer(
    {
      ...born.options,
      keepAliveTimeout: 65_000,
      // Who sends slowly, on purpose or not, is broken off; looked for often enough that the limits mean what they say.
      headersTimeout: Math.min(headerSeconds, uploadSeconds) * 1_000,
      requestTimeout: uploadSeconds * 1_000,
      connectionsCheckingInterval: 1_000,
    },
    (request, response) => (isReadable(request.url!) ? answer(request, response) : answerUnreadable(response)),
  );
  server.maxConnections = connections;
  keepRoom(server, { connections, seconds: headerSeconds });
  const draining = lastAnswers(server);
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
  return { port, answerWith, close: (patience = longestGoodbye) => (closing ??= drain(server, { draining, patience })) };
}

const isApp = (handler: RequestListener): handler is Express => 'request' in handler && 'response' in handler;

/** Whether a request's target is a path or an address; with anything else Express answers with a page of its own. */
const isReadable = (target: string): boolean => target.startsWith('/') || target === '*' || URL.canParse(target);

function answerUnreadable(response: ServerResponse): void {
  const problem = problemDetails(badInput('The request line holds no path and no address that could be read.'));
  response.writeHead(problem.status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem));
}

/**
 * Connections that nothing comes over any more are given up soon: those of whoever was answered before the whole body was
 * there, and goes on sending it; and, once half of all there may be are open, those that have brought their request.
 */
function keepRoom(server: Server, { connections, seconds }: { connections: number; seconds: number }): void {
  let open = 0;
  server.on('connection', socket => {
    open++;
    socket.once('close', () => open--);
  });
  server.prependListener('request', (request, response: ServerResponse) => {
    if (open > connections / 2) response.shouldKeepAlive = false;
    response.once('finish', () => {
      if (request.complete) return;
      const deadline = setTimeout(() => request.complete || request.socket.destroy(), seconds * 1_000);
      request.socket.once('close', () => clearTimeout(deadline));
    });
  });
}

/** Milliseconds for what is being answered; with what is ended afterwards, a stop takes ten seconds at most. */
const longestGoodbye = 8_000;
/** Milliseconds in which a connection that stays open may still bring a request, which is answered as its last. */
const lastCall = 500;

/** Once told to, has each answer say that its connection ends with it: the client then asks elsewhere, and loses nothing. */
function lastAnswers(server: Server): () => void {
  const open = new Crowd<ServerResponse>();
  let last = false;
  server.prependListener('request', (_request, response: ServerResponse) => {
    if (last) response.shouldKeepAlive = false;
    open.join(response);
    response.once('close', () => open.leave(response));
  });
  return () => {
    last = true;
    for (const response of open) response.shouldKeepAlive = false;
  };
}

async function drain(server: Server, { draining, patience }: { draining: () => void; patience: number }): Promise<void> {
  draining();
  const closed = once(server, 'close');
  await setImmediate(); // who has connected already is let in first
  // As a server of plain connections: one of HTTP would at once break off those that are idle, and with them the request
  // that is on its way.
  NetServer.prototype.close.call(server);
  const lastCallEnds = performance.now() + Math.min(lastCall, patience / 2);
  // A connection that was answering becomes idle later, and would be kept for the client's next request.
  const sweep = setInterval(() => {
    if (performance.now() >= lastCallEnds) server.closeIdleConnections();
  }, 50);
  const deadline = setTimeout(() => server.closeAllConnections(), patience);
  await closed;
  clearInterval(sweep);
  clearTimeout(deadline);
  server.close(); // what HTTP keeps beside the connections: the look-out for slow senders
}
