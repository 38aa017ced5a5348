import { Agent, request } from 'node:http';

export interface Post {
  url: string;
  token: string;
  contentType: string;
  body: string;
}

export interface Answer {
  status: number;
  text: string;
}

const agent = new Agent({ keepAlive: true, maxSockets: 256 });

export const closeConnections = (): void => agent.destroy();

/** A POST over a connection that is kept for the next one. */
export const post = ({ url, token, contentType, body }: Post): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const headers = {
      'content-type': contentType,
      'content-length': Buffer.byteLength(body),
      authorization: `Bearer ${token}`,
    };
    const sent = request(url, { method: 'POST', agent, headers }, response => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode!, text: Buffer.concat(chunks).toString('utf8') }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });

/** Calls `work` so often, with so many under way at a time. */
export async function atOnce(under: number, times: number, work: () => Promise<unknown>): Promise<void> {
  let left = times;
  const worker = async (): Promise<void> => {
    while (left-- > 0) await work();
  };
  await Promise.all(Array.from({ length: under }, worker));
}
