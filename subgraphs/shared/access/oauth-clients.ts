import { isRole, type RoleName } from './roles';

/** A program that may send people's passwords for a token, in one tenant. */
export interface OAuthClient {
  id: string;
  secret: string;
  /** The tenant_id of the tenant whose people sign in through it; logins are unique in a tenant only. */
  tenant: string;
  /** What tokens got through it permit beside the roles, by the role that it takes: `{"ORG_ADMIN": ["GROUP_WRITE"]}`. */
  permissions: Partial<Record<RoleName, string[]>>;
}

const shortestSecret = 16;

const example =
  '[{"id": "sis", "secret": "…", "tenant": "acme", "permissions": {"ORG_ADMIN": ["GROUP_WRITE"]}}], ' +
  `with secrets of ${shortestSecret} characters or more`;

/** Reads STRATA_OAUTH_CLIENTS; `wrong` is told what cannot be used, never a secret. */
export function readClients(text: string | undefined, wrong: (message: string) => void): OAuthClient[] {
  const refuse = (reason: string): OAuthClient[] => {
    wrong(`STRATA_OAUTH_CLIENTS ${reason}; expected is ${example}`);
    return [];
  };
  if (text === undefined) return refuse('must be set together with STRATA_PASSWORD_GRANT');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse('is not valid JSON');
  }
  if (!Array.isArray(value) || value.length === 0) return refuse('must be a list of clients');
  const clients: OAuthClient[] = [];
  for (const [index, entry] of value.entries()) {
    const { id, secret, tenant, permissions = {} } = (entry ?? {}) as Record<string, unknown>;
    const which = `has a client (the ${index + 1}.)`;
    if (!isWord(id) || !isWord(tenant)) return refuse(`${which} without an id or a tenant`);
    if (!isWord(secret) || secret.length < shortestSecret) return refuse(`${which} without a secret that is long enough`);
    if (!arePermissions(permissions)) return refuse(`${which} with permissions that are no lists of names by role`);
    if (clients.some(known => known.id === id)) return refuse(`names the client '${id}' twice`);
    clients.push({ id, secret, tenant, permissions });
  }
  return clients;
}

const isWord = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';

const arePermissions = (value: unknown): value is OAuthClient['permissions'] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) &&
  Object.entries(value).every(([role, names]) => isRole(role) && Array.isArray(names) && names.every(isWord));
