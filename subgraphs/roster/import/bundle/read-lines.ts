import fs from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Writable, type Readable } from 'node:stream';
import { BadInput } from '../../../shared/bad-input';

export interface Line {
  line: number;
  /** Null where the line is longer than any event. */
  text: string | null;
}

/** Several times an event with every field at its longest. */
const longestLine = 100_000;
const newline = 0x0a;

/** Reads the file to its end, so that one that is broken off is found before anything is written. Counts its lines. */
export async function countLines(file: string): Promise<number> {
  let lines = 0;
  let last = newline;
  const counter = new Writable({
    write(chunk: Buffer, _encoding, done) {
      for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, at + 1)) lines++;
      if (chunk.length > 0) last = chunk[chunk.length - 1]!;
      done();
    },
  });
  try {
    await pipeline([...open(file), counter]);
  } catch (error) {
    throw unreadable(file, error);
  }
  return last === newline ? lines : lines + 1;
}

/** The lines of a file, gzip or not, some at a time, without empty ones. Only a line feed ends a line, as in JSON. */
export async function* readLines(file: string): AsyncGenerator<Line[]> {
  const streams = open(file);
  const source = streams.at(-1)!;
  // An error of the first goes on to the last, where it is waited for.
  if (streams.length > 1) pipeline(streams as [Readable, NodeJS.ReadWriteStream]).catch(() => undefined);
  const cut = new LineCutter();
  try {
    for await (const chunk of source) {
      const lines = cut.take(chunk as Buffer);
      if (lines.length > 0) yield lines;
    }
    const rest = cut.end();
    if (rest.length > 0) yield rest;
  } catch (error) {
    throw unreadable(file, error);
  } finally {
    for (const stream of streams) stream.destroy();
  }
}

class LineCutter {
  private pending: Buffer[] = [];
  private pendingLength = 0;
  private number = 0;

  take(chunk: Buffer): Line[] {
    const lines: Line[] = [];
    let start = 0;
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, start)) {
      this.keep(chunk.subarray(start, at));
      this.cut(lines);
      start = at + 1;
    }
    this.keep(chunk.subarray(start));
    return lines;
  }

  end(): Line[] {
    const lines: Line[] = [];
    if (this.pendingLength > 0) this.cut(lines);
    return lines;
  }

  private keep(piece: Buffer): void {
    if (this.pendingLength <= longestLine) this.pending.push(piece);
    this.pendingLength += piece.length;
  }

  private cut(lines: Line[]): void {
    this.number++;
    const tooLong = this.pendingLength > longestLine;
    const text = tooLong ? null : Buffer.concat(this.pending).toString('utf8').replace(/^\uFEFF/, '').trim();
    if (text !== '') lines.push({ line: this.number, text });
    this.pending = [];
    this.pendingLength = 0;
  }
}

function open(file: string): Readable[] {
  const source = fs.createReadStream(file, { highWaterMark: 256 * 1024 });
  return file.endsWith('.gz') ? [source, createGunzip()] : [source];
}

/** Whatever goes wrong while reading, and nothing else: what is thrown while lines are used passes unchanged. */
function unreadable(file: string, error: unknown): unknown {
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  const ofReading = syscall !== undefined || code?.startsWith('Z_') === true;
  if (!ofReading) return error;
  return new BadInput(`${path.basename(file)}: expected a file that can be read to its end; ${message}`);
}
