import type { Transaction } from '../../shared/database/database';
import { dayOf } from './facts';
import { knownIds } from './known-ids';
import { selectClockOffsets } from './local-days.queries';

const quarter = 900_000;
const second = 1_000;

const quarterOf = (at: Date): number => Math.floor(at.getTime() / quarter);

/**
 * The days of moments in the tenant's time zone, as PostgreSQL knows it, numbered from the first of the year 2000. It is
 * asked once for each quarter of an hour: clocks that show the same offset in its first and its last second show it all
 * the time between. In the few quarters in which they are changed it is asked for each moment.
 */
export async function localDays(tx: Transaction, moments: readonly Date[]): Promise<number[]> {
  const { offsets } = knownIds(tx);
  const unknown = new Set<number>();
  for (const at of moments) if (!offsets.has(quarterOf(at))) unknown.add(quarterOf(at));
  if (unknown.size > 0) await learn(tx, [...unknown], offsets);
  const exact = await exactOffsets(tx, moments.filter(at => offsets.get(quarterOf(at)) === null));
  return moments.map(at => {
    const time = at.getTime();
    return dayOf(time + (offsets.get(quarterOf(at)) ?? exact.get(time)!) * second);
  });
}

async function learn(tx: Transaction, quarters: readonly number[], offsets: Map<number, number | null>): Promise<void> {
  const ends = quarters.flatMap(number => [new Date(number * quarter), new Date((number + 1) * quarter - second)]);
  const found = await selectClockOffsets(tx, ends);
  for (const [index, number] of quarters.entries()) {
    const [first, last] = [found[index * 2]!, found[index * 2 + 1]!];
    offsets.set(number, first === last ? first : null);
  }
}

/** By the moments' milliseconds. */
async function exactOffsets(tx: Transaction, moments: readonly Date[]): Promise<Map<number, number>> {
  if (moments.length === 0) return new Map();
  const found = await selectClockOffsets(tx, moments);
  return new Map(moments.map((at, index) => [at.getTime(), found[index]!]));
}
