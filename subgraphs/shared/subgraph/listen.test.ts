import { once } from 'node:events';
import { createServer, get, Agent, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import express from 'express';
import { listen, PortNotFree, type OpenServer } from './listen';

const host = '127.0.0.1';

/** Answers the first request when the test says so, and others at once. */
async function slowServer() {
  let answer: ((response: ServerResponse) => void) | undefined;
  const asked = new Promise<ServerResponse>(resolve => (answer = resolve));
  const handler: RequestListener = (_request, response) => {
    if (answer) answer(response);
    else response.end('late');
    answer = undefined;
  };
  return { server: await listen(handler, { port: 0, host }), asked };
}

/** Until new connections are refused. */
async function untilRefused(server: OpenServer): Promise<void> {
  let code: string | undefined;
  while (code !== 'ECONNREFUSED') {
    code = await ask(server).then(response => void response.resume(), (error: NodeJS.ErrnoException) => error.code);
  }
}

const ask = (server: OpenServer, agent = new Agent()): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => get({ host, port: server.port, agent }, resolve).once('error', reject));

test('closing lets what is being answered end, and refuses what comes after', async () => {
  const { server, asked } = await slowServer();
  const answered = ask(server);
  const response = await asked;
  const closed = server.close();
  await untilRefused(server);
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

test('a kept connection that brings a request while the server closes is answered, and told that it ends', async () => {
  const { server, asked } = await slowServer();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const first = ask(server, agent);
  (await asked).end('done');
  (await first).resume();
  await once(await first, 'end');
  const closed = server.close();
  const second = await ask(server, agent);
  expect([second.statusCode, second.headers.connection]).toEqual([200, 'close']);
  second.resume();
  await closed;
  agent.destroy();
});

describe('a slow sender', () => {
  const limits = { headerSeconds: 1, uploadSeconds: 2, connections: 3 };
  let server: OpenServer;
  /** How the body that is sent ends. */
  let body: Promise<string>;
  beforeEach(async () => {
    let tell: (ending: string) => void;
    body = new Promise(resolve => (tell = resolve));
    const handler: RequestListener = (request, response) => {
      request.on('error', () => tell('broken off'));
      request.on('end', () => (tell('heard'), response.end('heard')));
      request.resume();
    };
    server = await listen(handler, { port: 0, host, limits });
  });
  afterEach(() => server.close(100));

  /** Sends these pieces, one every 200 ms, and returns all that comes back until the connection ends. */
  async function drip(pieces: string[]): Promise<string> {
    const socket = connect(server.port, host);
    let heard = '';
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
    socket.on('error', () => undefined);
    const send = setInterval(() => {
      const piece = pieces.shift();
      if (piece !== undefined && socket.writable) socket.write(piece);
    }, 200);
    await once(socket, 'close');
    clearInterval(send);
    return heard;
  }

  test('of headers is broken off', async () => {
    const heard = await drip(['GET / HTTP/1.1\r\n', ...Array.from({ length: 100 }, (_, n) => `x-${n}: 1\r\n`)]);
    expect(heard).toMatch(/^HTTP\/1\.1 408/);
  });

  test('of a body is broken off', async () => {
    const head = 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n';
    const heard = await drip([head, ...Array.from({ length: 100 }, () => 'x')]);
    expect(heard).toMatch(/^HTTP\/1\.1 408|^$/);
    expect(await body).toBe('broken off');
  });

  test('of nothing at all is broken off', async () => {
    expect(await drip([])).toMatch(/^HTTP\/1\.1 408|^$/);
  });

  test('beside others does not take every connection for ever', async () => {
    const slow = Array.from({ length: 3 }, () => drip(['GET / HT']));
    await new Promise(resolve => setTimeout(resolve, 300));
    await expect(ask(server)).rejects.toMatchObject({ code: 'ECONNRESET' }); // all taken
    await Promise.all(slow);
    expect((await ask(server)).statusCode).toBe(200);
  });
});

describe('a connection', () => {
  const limits = { headerSeconds: 1, uploadSeconds: 60, connections: 4 };
  let server: OpenServer;
  beforeEach(async () => (server = await listen((_request, response) => void response.end('heard'), { port: 0, host, limits })));
  afterEach(() => server.close(100));

  test('over which somebody was answered and sends the rest of the body for ever is broken off', async () => {
    const socket = connect(server.port, host);
    socket.on('error', () => undefined);
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n');
    const send = setInterval(() => socket.writable && socket.write('x'), 100);
    const begun = performance.now();
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 200/);
    await new Promise(resolve => socket.once('close', resolve)); // with an error, where it was just sending
    clearInterval(send);
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  test('that ends its body a little later goes on', async () => {
    const socket = connect(server.port, host);
    let heard = '';
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
    const head = 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n';
    socket.write(`${head}x`);
    await once(socket, 'data');
    socket.write('x');
    await new Promise(resolve => setTimeout(resolve, 1_500));
    socket.write(`${head}xx`);
    await once(socket, 'data');
    expect(heard.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
    socket.destroy();
  });

  test('is kept for the next request as long as there is room; those who keep theirs do not keep others out', async () => {
    const agents = Array.from({ length: 6 }, () => new Agent({ keepAlive: true }));
    const kept: unknown[] = [];
    for (const agent of agents) {
      const answered = await ask(server, agent);
      kept.push(answered.headers.connection);
      await once(answered.resume(), 'end');
      await new Promise(resolve => setTimeout(resolve, 50));
    }
    expect(kept).toEqual([...Array(2).fill('keep-alive'), ...Array(4).fill('close')]);
    for (const agent of agents) agent.destroy();
  });
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

test.each(['http://[', 'http://', '*nonsense'])('a target that nobody can read (%s) is answered in our words', async target => {
  const app = express().use((_request, response) => void response.json({ reached: true }));
  const server = await listen(app, { port: 0, host });
  const socket = connect(server.port, host);
  socket.end(`GET ${target} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n`);
  let answer = '';
  for await (const part of socket.setEncoding('utf8')) answer += part;
  await server.close();
  expect(answer).toMatch(/^HTTP\/1.1 400 [^]*content-type: application\/problem\+json[^]*"code":"BAD_USER_INPUT"/);
  expect(answer).not.toContain('<');
});

test('what an app is asked, and what it answers, is its own from its birth', async () => {
  const made: unknown[] = [];
  const app = express().use((asked, response) => void response.json({ is: made.push(asked, response) }));
  const first = await listen((_request, response) => void response.end('not yet'), { port: 0, host });
  expect(await text(await ask(first))).toBe('not yet');
  first.answerWith(app);
  const changed: unknown[] = [];
  const set = Object.setPrototypeOf;
  const spy = jest.spyOn(Object, 'setPrototypeOf').mockImplementation((object, prototype) => {
    if (Object.getPrototypeOf(object) !== prototype) changed.push(object); // else it costs nothing
    return set(object, prototype);
  });
  expect(await text(await ask(first))).toBe('{"is":2}');
  spy.mockRestore();
  expect(changed.filter(object => made.includes(object))).toEqual([]);
  expect(made.map(one => Object.getPrototypeOf(one))).toEqual([app.request, app.response]);
  await first.close();
});

test('an app that answers already may be told so again, by several servers too; another one is refused', async () => {
  const app = express().use((_asked, response) => void response.json({ is: 'the first' }));
  const [first, second] = [await listen(app, { port: 0, host }), await listen(app, { port: 0, host })];
  first.answerWith(app);
  second.answerWith(app);
  expect(() => first.answerWith(express())).toThrow('This server answers with another app already');
  for (const server of [first, second]) {
    expect(await text(await ask(server))).toBe('{"is":"the first"}');
    await server.close();
  }
});

async function text(response: IncomingMessage): Promise<string> {
  let read = '';
  for await (const part of response.setEncoding('utf8')) read += part;
  return read;
}
