import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import { KeyUnusable, usableKeys, type UnusableKey } from './usable-keys';

/** The key server gives no keys: it is away, slow, or sends something else. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

const patience = 5_000;
/** Milliseconds after which keys are fetched anew, so that a withdrawn key stops working. */
const refetchAfter = 600_000;
/** Milliseconds for which the last keys go on while the server gives none. */
const longestAway = 24 * 3_600_000;

export interface KeyServerSettings {
  /** Told of published keys that are of no use, once a fetch. */
  onUnusable: (key: UnusableKey) => void;
  /** Milliseconds after a fetch before an unknown key makes another one. */
  cooldown?: number;
  /** Milliseconds after a failed fetch before the next try. */
  retry?: number;
  /** The clock, in milliseconds. */
  now?: () => number;
}

/**
 * The issuer's published keys. An unknown or unusable key has them fetched again, at most once a cooldown, so that keys can change
 * at any time and made-up ones cost nothing. While the server is away, the last keys go on, for a day.
 */
export function issuerKeys(url: URL, settings: KeyServerSettings): JWTVerifyGetKey {
  const { cooldown = 30_000, retry = 5_000, now = Date.now, onUnusable } = settings;
  const remote = createRemoteJWKSet(url, { timeoutDuration: patience });
  let known: JWTVerifyGetKey | undefined;
  let fetchedAt = -Infinity;
  let failedAt = -Infinity;
  let fetching: Promise<void> | undefined;

  const fetchKeys = async (): Promise<void> => {
    try {
      await remote.reload();
      known = usableKeys(remote.jwks()!, onUnusable);
      fetchedAt = now();
    } catch {
      failedAt = now();
    }
  };
  const refetch = (): Promise<void> => (fetching ??= fetchKeys().finally(() => (fetching = undefined)));
  const mayTry = (): boolean => now() - failedAt >= retry;

  return async (header, token) => {
    if (now() - fetchedAt >= refetchAfter && mayTry()) {
      const again = refetch();
      if (!known) await again; // what is known answers at once, and who comes next has the new ones
    }
    if (!known || now() - fetchedAt >= longestAway) throw new KeysUnavailable('the key server gives no keys');
    try {
      return await known(header, token);
    } catch (error) {
      const mayBeNew = error instanceof errors.JWKSNoMatchingKey || error instanceof KeyUnusable;
      if (!mayBeNew || now() - fetchedAt < cooldown || !mayTry()) throw error;
      await refetch();
      return known(header, token);
    }
  };
}
