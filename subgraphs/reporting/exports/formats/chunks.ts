import { Writable } from 'node:stream';

const chunkBytes = 256 * 1024;

export interface ChunkSink {
  out: Writable;
  /** Bytes that were written. */
  readonly bytes: number;
}

/** Takes a file as it is written, and hands it on in pieces of one size, one after the other. */
export function chunkSink(store: (number: number, bytes: Buffer) => Promise<void>): ChunkSink {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let number = 0;
  let bytes = 0;
  const hand = async (least: number): Promise<void> => {
    if (heldBytes === 0 || heldBytes < least) return;
    const all = Buffer.concat(held, heldBytes);
    const whole = least === 1 ? all.length : all.length - (all.length % chunkBytes);
    for (let at = 0; at < whole; at += chunkBytes) {
      await store(number++, all.subarray(at, Math.min(at + chunkBytes, whole)));
    }
    held = whole < all.length ? [all.subarray(whole)] : [];
    heldBytes = all.length - whole;
  };
  const out = new Writable({
    highWaterMark: 2 * chunkBytes,
    write: (chunk: Buffer, _encoding, done) => {
      held.push(chunk);
      heldBytes += chunk.length;
      bytes += chunk.length;
      hand(chunkBytes).then(() => done(), done);
    },
    final: done => void hand(1).then(() => done(), done),
  });
  return {
    out,
    get bytes() {
      return bytes;
    },
  };
}
