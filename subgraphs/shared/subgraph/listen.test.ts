import { once } from 'node:events';
import { createServer, get, Agent, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listen, PortNotFree, type OpenServer } from './listen';

const host = '127.0.0.1';

/** Answers when the test says so. */
async function slowServer() {
  let answer!: (response: ServerResponse) => void;
  const asked = new Promise<ServerResponse>(resolve => (answer = resolve));
  const server = await listen((_request, response) => answer(response), { port: 0, host });
  return { server, asked };
}

const ask = (server: OpenServer, agent = new Agent()): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => get({ host, port: server.port, agent }, resolve).once('error', reject));

test('closing lets what is being answered end, and refuses what comes after', async () => {
  const { server, asked } = await slowServer();
  const answered = ask(server);
  const response = await asked;
  const closed = server.close();
  await expect(ask(server)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  response.end('done');
  expect((await answered).statusCode).toBe(200);
  await closed;
});

test('a client that keeps its connection does not keep the server', async () => {
  const agent = new Agent({ keepAlive: true });
  const server = await listen((_request, response) => void response.end('done'), { port: 0, host });
  (await ask(server, agent)).resume();
  const begun = performance.now();
  await server.close();
  expect(performance.now() - begun).toBeLessThan(2_000);
  agent.destroy();
});

test('what does not end in time is broken off', async () => {
  const { server, asked } = await slowServer();
  const answered = ask(server);
  answered.catch(() => undefined);
  await asked;
  await server.close(100);
  await expect(answered).rejects.toMatchObject({ code: 'ECONNRESET' });
});

test('closing twice is closing once', async () => {
  const server = await listen((_request, response) => void response.end(), { port: 0, host });
  await Promise.all([server.close(), server.close()]);
});

test('a port that is taken is told by its number', async () => {
  const other = createServer().listen(0, host);
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  await expect(listen(() => undefined, { port, host })).rejects.toThrow(PortNotFree);
  await expect(listen(() => undefined, { port, host })).rejects.toThrow(`Port ${port} is taken`);
  other.close();
});
