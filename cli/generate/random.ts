/**
 * Everything made up is a function of the seed and of what it is made for (a class, a learner, a day), never of what
 * was made before it: a file can be streamed in any order, nothing is remembered, and the same seed gives the same
 * bytes.
 */

/** Mixes a number into a seed; 32 bits, unsigned. The finaliser of MurmurHash3 twice over. */
export function hash(seed: number, n: number): number {
  let h = Math.imul(seed ^ (seed >>> 16), 0x85ebca6b) ^ Math.imul(n + 0x9e3779b9, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A seed of its own for each thing that is made up, so that a change to one leaves the others as they were. */
export function seedFor(seed: number, purpose: string): number {
  let h = hash(seed >>> 0, Math.floor(seed / 2 ** 32));
  for (const char of purpose) h = hash(h, char.codePointAt(0)!);
  return h;
}

/** From -1 to 1, by a hash. */
export const signed = (h: number): number => h / 0x80000000 - 1;

export const pick = <T>(list: readonly T[], h: number): T => list[h % list.length]!;

/** A short run of numbers (mulberry32), started anew for each class and day. */
export class Random {
  constructor(private state: number) {}

  startAt(state: number): void {
    this.state = state;
  }

  /** From 0 up to, not including, 1. */
  unit(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 0x100000000;
  }

  /** A whole number below the bound. */
  below(bound: number): number {
    return Math.floor(this.unit() * bound);
  }
}
