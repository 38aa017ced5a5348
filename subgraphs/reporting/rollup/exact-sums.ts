/**
 * Sums come as whole numbers of 64 bits. Years of scores of a large tenant outgrow what a number keeps exactly (9 * 10^15,
 * nine thousand million attempts with all points); of such sums the exact ones are kept beside.
 */
type Sums<Name extends string> = Record<Name, number>;

const exact = new WeakMap<object, Map<string, bigint>>();

/** One of some sums, exactly. */
export const exactSum = <Name extends string>(sums: Sums<Name>, name: Name): bigint =>
  exact.get(sums)?.get(name) ?? BigInt(sums[name]);

function keepExact<Name extends string>(sums: Sums<Name>, name: Name, sum: bigint): void {
  sums[name] = Number(sum);
  const known = exact.get(sums);
  if (known) known.set(name, sum);
  else exact.set(sums, new Map([[name, sum]]));
}

/** Takes a sum as the database writes it; null where no row has the measure. */
export function takeSum<Name extends string>(sums: Sums<Name>, name: Name, written: string | null): void {
  const sum = Number(written);
  sums[name] = sum;
  if (!Number.isSafeInteger(sum)) keepExact(sums, name, BigInt(written!));
}

export function addedSums<Name extends string>(one: Sums<Name>, other: Sums<Name>): Sums<Name> {
  const sums = { ...one };
  const outgrown = exact.has(one) || exact.has(other);
  for (const name of Object.keys(one) as Name[]) {
    sums[name] += other[name];
    if (outgrown || !Number.isSafeInteger(sums[name])) keepExact(sums, name, exactSum(one, name) + exactSum(other, name));
  }
  return sums;
}
