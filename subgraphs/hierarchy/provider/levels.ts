/** A level of a hierarchy as the Hierarchy Provider may have been told to call it. */
export interface ConfiguredLevel {
  type: string;
  providerType: string | null;
  providerLevel: number | null;
}

export interface ProviderLevel {
  type: string;
  level: number;
}

export const userTypes = ['student', 'teacher'] as const;
export type UserType = (typeof userTypes)[number];
export const classLevel: ProviderLevel = { type: 'class', level: 1 };

/**
 * What the provider calls the levels of a hierarchy (root first), by their own types. A level without a number of its
 * own has the next one above the level below it; the class is 1, its students and teachers are 0.
 */
export function providerLevels(levels: readonly ConfiguredLevel[]): Map<string, ProviderLevel> {
  const named = new Map<string, ProviderLevel>();
  let below = classLevel.level;
  for (const { type, providerType, providerLevel } of [...levels].reverse()) {
    below = providerLevel ?? below + 1;
    named.set(type, { type: providerType ?? type, level: below });
  }
  return named;
}

/** The answer of GET /hierarchy/levels: types with their numbers, the lowest first. */
export function levelMap(levels: readonly ConfiguredLevel[]): Record<string, number> {
  const users = userTypes.map((type): ProviderLevel => ({ type, level: 0 }));
  const all = [...users, classLevel, ...providerLevels(levels).values()];
  return Object.fromEntries(all.map(({ type, level }) => [type, level]));
}
