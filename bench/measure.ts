/** Milliseconds (or whatever is measured) of one way of doing a thing, run after run. */
export type Samples = number[];

export function quantile(samples: Samples, part: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const low = sorted[Math.floor(at)];
  const high = sorted[Math.ceil(at)];
  if (low === undefined || high === undefined) throw new Error('nothing was measured');
  return low + (high - low) * (at - Math.floor(at));
}

export const median = (samples: Samples): number => quantile(samples, 0.5);

export interface Pace {
  warmups: number;
  rounds: number;
}

/**
 * Does things in turn (A B A B …), so that what else the machine does slows all of them alike, and returns what each
 * call of `measure` gave. The warm-ups are not counted.
 */
export async function inTurn<Name extends string>(
  ways: Record<Name, () => Promise<number>>,
  { warmups, rounds }: Pace,
): Promise<Record<Name, Samples>> {
  const names = Object.keys(ways) as Name[];
  const samples = Object.fromEntries(names.map(name => [name, [] as Samples])) as Record<Name, Samples>;
  for (let round = -warmups; round < rounds; round++) {
    for (const name of names) {
      const measured = await ways[name]();
      if (round >= 0) samples[name].push(measured);
    }
  }
  return samples;
}

/** How many milliseconds a piece of work takes. */
export const timed =
  (work: () => Promise<unknown>): (() => Promise<number>) =>
  async () => {
    const begun = performance.now();
    await work();
    return performance.now() - begun;
  };
