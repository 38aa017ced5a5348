import { createHash, timingSafeEqual } from 'node:crypto';
import type { OAuthClient } from '../../shared/access/oauth-clients';
import type { RouteRequest } from '../../shared/subgraph/route';

const mostBytes = 16_384;

/** An error of RFC 6749, section 5.2. */
export class OAuthError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    description: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(description);
  }
}

/** Nobody whom we know, or somebody without their secret. */
export class InvalidClient extends OAuthError {
  /** `named`: the client that they say they are, where there is one; null where there is none of that name. */
  constructor(readonly named: OAuthClient | null | undefined) {
    super(401, 'invalid_client', 'Client authentication failed', {
      'www-authenticate': 'Basic realm="strata", charset="UTF-8"',
    });
  }
}

const invalidRequest = (description: string) => new OAuthError(400, 'invalid_request', description);

/** What was sent, each parameter once. */
export async function readForm({ headers, body }: Pick<RouteRequest, 'headers' | 'body'>): Promise<Map<string, string>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new OAuthError(413, 'invalid_request', `The body may have ${mostBytes} bytes at most.`);
    chunks.push(chunk);
  }
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') {
    throw invalidRequest('The body must be application/x-www-form-urlencoded.');
  }
  const form = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(Buffer.concat(chunks).toString('utf8'))) {
    if (form.has(name)) throw invalidRequest(`The parameter '${name.slice(0, 50)}' was sent more than once.`);
    if (value.includes('\0')) throw invalidRequest('A parameter must not contain a NUL character.');
    if (value !== '') form.set(name, value); // without a value it counts as left out
  }
  return form;
}

/** Who sends the request, by the body or by HTTP Basic. */
export function authenticateClient(form: Map<string, string>, basic: string | undefined, clients: readonly OAuthClient[]): OAuthClient {
  const inBody = form.get('client_secret');
  if (basic !== undefined && inBody !== undefined) {
    throw invalidRequest('A client says who it is by the body or by HTTP Basic, not by both.');
  }
  const given = basic === undefined ? { id: form.get('client_id'), secret: inBody } : readBasic(basic);
  const client = clients.find(({ id }) => id === given?.id);
  // Compared where there is no such client, too: it takes as long.
  const same = equal(given?.secret ?? '', client?.secret ?? 'a secret that nobody has');
  if (!client || !same) throw new InvalidClient(given?.id === undefined ? undefined : (client ?? null));
  return client;
}

function readBasic(basic: string): { id: string; secret: string } | undefined {
  const [, id, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(basic, 'base64').toString('utf8')) ?? [];
  try {
    return { id: formDecoded(id!), secret: formDecoded(secret!) };
  } catch {
    return undefined;
  }
}

const formDecoded = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '));

const equal = (a: string, b: string): boolean =>
  timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());

/** The login and the password of a password grant. */
export function readPasswordGrant(form: Map<string, string>): { login: string; password: string } {
  const type = form.get('grant_type');
  if (type === undefined) throw invalidRequest("The parameter 'grant_type' is missing.");
  if (type !== 'password') throw new OAuthError(400, 'unsupported_grant_type', "The only grant_type here is 'password'.");
  const login = form.get('username');
  const password = form.get('password');
  if (login === undefined) throw invalidRequest("The parameter 'username' is missing.");
  if (password === undefined) throw invalidRequest("The parameter 'password' is missing.");
  return { login, password };
}
