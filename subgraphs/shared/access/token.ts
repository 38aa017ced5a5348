import { createHash } from 'node:crypto';
import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { LRUCache } from 'lru-cache';
import { Problem } from '../errors';
import { KeysUnavailable } from './issuer-keys';
import { isRole, type RoleName } from './roles';
import { KeyUnusable } from './usable-keys';

/** What a verified token says. What its bearer may see is never in it: that comes from the database. */
export interface Claims {
  /** The customer's user_id. */
  subject: string;
  /** The tenant_id of the customer's own, not ours. */
  tenant: string;
  roles: RoleName[];
  /** The view a partner application selected. */
  hierarchy?: string;
  permissions: string[];
}

export type VerifyToken = (token: string | undefined) => Promise<Claims>;

export interface TokenRules {
  key: JWTVerifyGetKey;
  issuer: string;
  audience: string;
}

const algorithms = ['RS256', 'ES256', 'EdDSA'];
/** A token for another purpose (`logout+jwt`, say) may have the same issuer and audience. Many issuers name no type. */
const types = [undefined, 'jwt', 'at+jwt', 'application/at+jwt'];
const longestLifetime = 24 * 3600;
const leeway = 30;

const refuse = (reason: string): Problem => new Problem('UNAUTHENTICATED', `The token was not accepted: ${reason}.`);

/** The database keeps no NUL, so nobody and nothing is called so. */
const isWord = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '' && !value.includes('\0');

/** As they stand in the token, or none: what is written in another way is another name. */
const knownRoles = (value: unknown): RoleName[] =>
  words(value, 'roles').map(name => {
    if (!isRole(name)) throw refuse("the claim 'roles' has a name that is no role");
    return name;
  });

const words = (value: unknown, claim: string): string[] => {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every(isWord)) return value;
  throw refuse(`the claim '${claim}' must be a list of names`);
};

function readClaims(payload: JWTPayload): Claims {
  if (!isWord(payload.sub)) throw refuse("the claim 'sub' must name a user");
  if (!isWord(payload.tenant)) throw refuse("the claim 'tenant' must be one tenant's id");
  if (payload.exp! - payload.iat! > longestLifetime) throw refuse('it is valid for more than 24 hours');
  if (payload.hierarchy !== undefined && !isWord(payload.hierarchy)) {
    throw refuse("the claim 'hierarchy' must be one hierarchy's id");
  }
  return {
    subject: payload.sub,
    tenant: payload.tenant,
    roles: knownRoles(payload.roles),
    permissions: words(payload.permissions, 'permissions'),
    ...(payload.hierarchy === undefined ? {} : { hierarchy: payload.hierarchy as string }),
  };
}

/** A plain word for what jose found, without the token's contents. */
function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'it has expired';
  if (error instanceof errors.JWTClaimValidationFailed) return `its claim '${error.claim}' is missing or wrong`;
  if (error instanceof errors.JWKSNoMatchingKey) return 'it was signed with an unknown key';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'it was signed in a way that is not allowed';
  if (error instanceof errors.JWKSMultipleMatchingKeys) return 'it does not say which key it was signed with';
  if (error instanceof KeyUnusable) return 'it was signed with a key that cannot be used';
  if (error instanceof errors.JOSEError) return 'it is malformed or its signature is wrong';
  if (!(error instanceof KeysUnavailable)) throw error;
  throw new Problem('UNAVAILABLE', 'Tokens cannot be checked just now: the key server does not answer.');
}

/**
 * Verifies tokens against the issuer's keys. A token found good is remembered until it expires, by its hash, so that
 * the subgraphs of one request check its signature once; nothing about its bearer's rights is remembered.
 */
export function tokenVerifier({ key, issuer, audience }: TokenRules): VerifyToken {
  const good = new LRUCache<string, { claims: Claims; expires: number }>({ max: 5_000 });

  return async token => {
    if (!token) throw new Problem('UNAUTHENTICATED', 'Please send a token: Authorization: Bearer <token>.');
    const hash = createHash('sha256').update(token).digest('base64');
    const known = good.get(hash);
    if (known && known.expires > Date.now() / 1000) return known.claims;
    try {
      const { payload, protectedHeader } = await jwtVerify(token, key, {
        issuer,
        audience,
        algorithms,
        clockTolerance: leeway,
        requiredClaims: ['sub', 'exp', 'iat', 'tenant'],
        maxTokenAge: longestLifetime,
      });
      if (!types.includes(protectedHeader.typ?.toLowerCase())) throw refuse("its type ('typ') is not that of an access token");
      const claims = readClaims(payload);
      good.set(hash, { claims, expires: Math.min(payload.exp!, Date.now() / 1000 + 300) });
      return claims;
    } catch (error) {
      if (error instanceof Problem) throw error;
      throw refuse(reasonOf(error));
    }
  };
}

/** The token of an Authorization header. */
export const bearerToken = (header: string | undefined): string | undefined =>
  /^Bearer\s+([^\s]+)$/i.exec(header ?? '')?.[1];
