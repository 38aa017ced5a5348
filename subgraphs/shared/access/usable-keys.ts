import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';

/** A key that the issuer publishes and nobody can check a signature with, or should. */
export class KeyUnusable extends Error {
  override readonly name = 'KeyUnusable';
}

export interface UnusableKey {
  /** What the issuer calls it; nothing where it has one key of that kind, without a name. */
  kid: string | undefined;
  alg: string | undefined;
  reason: string;
}

/** What RS256 asks of a key (RFC 7518, section 3.3). */
const fewestBits = 2_048;

/**
 * Keys as they were published. One that is too short, damaged or private is told of once, by its name, when a token of its
 * comes: tokens of its are refused, and the issuer's others go on.
 */
export function usableKeys(published: JSONWebKeySet, onUnusable: (key: UnusableKey) => void): JWTVerifyGetKey {
  const keys = createLocalJWKSet(published);
  const told = new Set<string>();
  return async (header, token) => {
    const { kid, alg } = header;
    const refuse = (reason: string): never => {
      const name = JSON.stringify([kid, alg]); // as published: another one is of no key, and does not come here
      if (!told.has(name)) onUnusable({ kid, alg, reason });
      told.add(name);
      throw new KeyUnusable(reason);
    };
    const key = await keys(header, token).catch((error: unknown) => {
      if (error instanceof errors.JOSEError && !(error instanceof errors.JWKSInvalid)) throw error; // it is the token's fault
      return refuse(error instanceof errors.JWKSInvalid ? 'it is no public key' : 'it is damaged');
    });
    const { modulusLength } = key.algorithm as { modulusLength?: number };
    if (modulusLength === undefined || modulusLength >= fewestBits) return key;
    return refuse(`it has ${modulusLength} bits, and needs ${fewestBits}`);
  };
}
