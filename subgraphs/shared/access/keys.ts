import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  calculateJwkThumbprint,
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  importJWK,
  SignJWT,
  type JWK,
  type JWTVerifyGetKey,
} from 'jose';
import { issuerKeys } from './issuer-keys';
import type { UnusableKey } from './usable-keys';

const developmentKeyFile = (dataDir: string): string => path.join(dataDir, 'development-key.json');

/** The installation's own key pair, made on first use; for development and the demo only. */
async function developmentKey(dataDir: string): Promise<JWK> {
  const file = developmentKeyFile(dataDir);
  if (!existsSync(file)) {
    const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
    const jwk = await exportJWK(privateKey);
    const named = { ...jwk, alg: 'EdDSA', use: 'sig', kid: await calculateJwkThumbprint(jwk) };
    mkdirSync(dataDir, { recursive: true });
    const aside = `${file}.${process.pid}`;
    writeFileSync(aside, JSON.stringify(named), { mode: 0o600 });
    try {
      linkSync(aside, file); // the first of several processes wins, and all of them read the same key
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(aside);
    }
  }
  return JSON.parse(readFileSync(file, 'utf8')) as JWK;
}

export interface KeySource {
  /** Where the issuer publishes its keys; without it the development key of `dataDir` is used. */
  jwksUrl?: string;
  dataDir: string;
  /** Told of published keys that are of no use. */
  onUnusable?: (key: UnusableKey) => void;
}

/** The public keys that tokens are checked with. Those of a URL are fetched again when an unknown key turns up. */
export async function verificationKeys({ jwksUrl, dataDir, onUnusable = () => undefined }: KeySource): Promise<JWTVerifyGetKey> {
  if (jwksUrl) return issuerKeys(new URL(jwksUrl), { onUnusable });
  const { d: _secret, ...publicKey } = await developmentKey(dataDir);
  return createLocalJWKSet({ keys: [publicKey] });
}

export interface TokenContents {
  subject: string;
  tenant: string;
  roles: string[];
  hierarchy?: string;
  permissions?: string[];
}

const twelveHours = 12 * 3600;

export interface Signer {
  dataDir: string;
  issuer: string;
  audience: string;
  now: Date;
  /** Seconds for which the token is valid; twelve hours when omitted. */
  lifetime?: number;
}

/** Signs a token with the development key. */
export async function signDevelopmentToken(
  { dataDir, issuer, audience, now, lifetime = twelveHours }: Signer,
  { subject, tenant, roles, hierarchy, permissions }: TokenContents,
): Promise<string> {
  const jwk = await developmentKey(dataDir);
  const issued = Math.floor(now.getTime() / 1000);
  return new SignJWT({ tenant, roles, ...(hierarchy ? { hierarchy } : {}), ...(permissions ? { permissions } : {}) })
    .setProtectedHeader({ alg: 'EdDSA', kid: jwk.kid!, typ: 'JWT' })
    .setSubject(subject)
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt(issued)
    .setExpirationTime(issued + lifetime)
    .sign(await importJWK(jwk, 'EdDSA'));
}
