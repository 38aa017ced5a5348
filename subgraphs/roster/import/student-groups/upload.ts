import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy, type BusboyHeaders } from '@fastify/busboy';
import { badInput, Problem } from '../../../shared/errors';
import type { RouteRequest } from '../../../shared/subgraph/route';

/** A file as it was sent, in a place of its own on this machine's disk. */
export interface Upload {
  path: string;
  bytes: number;
  /** MD5 in upper case. */
  digest: string;
  /** The file's own name, where it was sent with one. */
  name: string | null;
}

const mostMegabytes = 128;
const longestName = 255;
const rawTypes = ['text/csv', 'application/csv', 'text/plain', 'application/octet-stream', 'application/vnd.ms-excel'];

/**
 * Hands `work` the file of a request, raw or as the part `file` of a form, streamed to disk; removes it afterwards.
 * Throws BAD_USER_INPUT without a file or where the request breaks off, TOO_LARGE beyond 128 MB.
 */
export async function withUpload<T>(
  request: Pick<RouteRequest, 'headers' | 'query' | 'body'>,
  work: (upload: Upload) => Promise<T>,
): Promise<T> {
  const room = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-upload-'));
  try {
    const target = path.join(room, 'file');
    const type = request.headers['content-type'];
    const isForm = mediaType(type) === 'multipart/form-data';
    return await work(isForm ? await receiveForm(request, target) : await receiveRaw(request, target));
  } finally {
    fs.rmSync(room, { recursive: true, force: true });
  }
}

const mediaType = (type: string | undefined): string | undefined => type?.split(';')[0]!.trim().toLowerCase();

const noFile = (): Problem =>
  badInput("Please send a student group file: as the body (Content-Type: text/csv), or as the part 'file' of a form.");

async function receiveRaw({ headers, query, body }: Pick<RouteRequest, 'headers' | 'query' | 'body'>, target: string) {
  const type = mediaType(headers['content-type']);
  if (type !== undefined && !rawTypes.includes(type)) {
    throw badInput(`A student group file comes as text/csv or as the part 'file' of multipart/form-data, not as ${type}.`);
  }
  if ((headers['content-encoding']?.trim() || 'identity') !== 'identity') {
    throw badInput(`The body must be sent as it is, not with Content-Encoding: ${headers['content-encoding']}.`);
  }
  const sent = /filename="?([^";]+)"?/i.exec(headers['content-disposition'] ?? '')?.[1];
  const name = checkName(query.get('batch') ?? sent?.trim());
  const kept = await keep(body, target);
  if (kept.bytes === 0 && type === undefined) throw noFile();
  return { ...kept, name };
}

async function receiveForm({ headers, body }: Pick<RouteRequest, 'headers' | 'body'>, target: string): Promise<Upload> {
  let received: Promise<Upload> | undefined;
  let several = false;
  const form = openForm(headers);
  form.on('file', (field, stream, filename) => {
    // Whoever has failed already must still let the rest of the form pass.
    stream.on('error', () => undefined);
    if (field !== 'file' || received) {
      several ||= field === 'file';
      stream.resume();
      return;
    }
    received = keep(stream, target).then(kept => ({ ...kept, name: checkName(filename) }));
    // Of a form that is refused, nothing more is read.
    received.catch((error: Error) => form.destroy(error));
  });
  try {
    await pipeline(Readable.from(body), form);
  } catch (error) {
    await received?.catch(() => undefined);
    throw error instanceof Problem ? error : badInput('The form could not be read to its end: it is broken off or malformed.');
  }
  if (several) throw badInput("Please send one student group file: the form has several parts 'file'.");
  if (!received) throw noFile();
  return received;
}

function openForm(headers: RouteRequest['headers']) {
  try {
    const limits = { files: 10, fields: 100, fieldSize: 10_000, fileSize: (mostMegabytes + 1) * 2 ** 20 };
    return new Busboy({ headers: headers as BusboyHeaders, preservePath: true, limits });
  } catch {
    throw badInput('The form could not be read: its Content-Type must name the boundary.');
  }
}

async function keep(body: AsyncIterable<Buffer>, target: string): Promise<Omit<Upload, 'name'>> {
  const hash = createHash('md5');
  let bytes = 0;
  async function* measured(): AsyncGenerator<Buffer> {
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > mostMegabytes * 2 ** 20) {
        throw new Problem('TOO_LARGE', `A student group file may have ${mostMegabytes} MB at most; please send it in parts.`);
      }
      hash.update(chunk);
      yield chunk;
    }
  }
  await pipeline(measured(), fs.createWriteStream(target, { mode: 0o600 }));
  return { path: target, bytes, digest: hash.digest('hex').toUpperCase() };
}

/** A file's name is kept to be shown and sent back: never a path, nor anything that could pass for one. */
function checkName(name: string | null | undefined): string | null {
  const trimmed = name?.trim();
  if (!trimmed) return null;
  if (/[/\\\p{Cc}]|^\.\.?$/u.test(trimmed) || trimmed.length > longestName) {
    throw badInput(`A file's name must be a name alone, of ${longestName} characters at most, without a path.`);
  }
  return trimmed;
}
