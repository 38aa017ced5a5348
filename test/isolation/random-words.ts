import type { Random } from '../../cli/generate/random';

/** A word that stands nowhere else: what it is for, whose tenant, of what kind, the how many-th. */
export const token = (prefix: string, tenant: number, kind: string, n = 0): string =>
  `${prefix}q${tenant}${kind}${String(n).padStart(3, '0')}z`;

export const anyOf = <T>(random: Random, list: readonly T[]): T => list[random.below(list.length)]!;

export const several = <T>(random: Random, list: readonly T[], most: number): T[] => [
  ...new Set(Array.from({ length: 1 + random.below(most) }, () => anyOf(random, list))),
];
