import { selectTenant } from '../../shared/access/caller.queries';
import type { OAuthClient } from '../../shared/access/oauth-clients';
import { writeApart } from '../../shared/audit/refusals';
import { notFound } from '../../shared/errors';
import { publicId } from '../../shared/identifiers';
import type { RouteRequest, RouteResponse, RouteTools, SubgraphRoute, TokenIssuer } from '../../shared/subgraph/route';
import { platformTenant } from '../../../migrations/row-level-security';
import { countAttempts, type Attempt, type Attempts } from './attempts';
import { isPassword } from './password';
import { selectPersonWithPassword, type PersonWithPassword } from './password.queries';
import { authenticateClient, OAuthError, readForm, readPasswordGrant } from './token-request';

/**
 * POST /oauth/token: a token for a login and its password (RFC 6749, section 4.3), for development and small
 * installations. The client says in which tenant: each is one tenant's.
 */
export const tokenRoute: SubgraphRoute = {
  method: 'POST',
  path: '/oauth/token',
  unaudited: true, // a sign-in has a row of its own, a failed one too
  handle: async (request, tools) => {
    const { issuer } = tools;
    if (!issuer) throw notFound('There is nothing at POST /oauth/token: it is switched off (STRATA_PASSWORD_GRANT).');
    try {
      return answer(200, await giveToken(request, { ...tools, issuer }));
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      return answer(error.status, { error: error.code, error_description: error.message }, error.headers);
    }
  },
};

const answer = (status: number, value: object, headers: Record<string, string> = {}): RouteResponse => ({
  status,
  headers: { 'content-type': 'application/json;charset=UTF-8', 'cache-control': 'no-store', pragma: 'no-cache', ...headers },
  body: JSON.stringify(value),
});

type Tools = RouteTools & { issuer: TokenIssuer };

/** Attempts are counted for as long as the service runs, whatever request they come with. */
const counters = new WeakMap<TokenIssuer, Attempts>();

function attemptsOf(issuer: TokenIssuer): Attempts {
  const known = counters.get(issuer) ?? countAttempts();
  counters.set(issuer, known);
  return known;
}

async function giveToken(request: RouteRequest, tools: Tools): Promise<object> {
  const { issuer } = tools;
  const { basic, address } = request.credentials;
  const attempts = attemptsOf(issuer);
  const form = await readForm(request);
  const ofProgram: Attempt = { address };
  refuseTooMany(await attempts.begin(ofProgram));
  const client = authenticateClient(form, basic, issuer.clients);
  await attempts.succeed(ofProgram);

  const { login, password } = readPasswordGrant(form);
  const attempt: Attempt = { address, login: { tenant: client.tenant, name: login } };
  refuseTooMany(await attempts.begin(attempt));
  const person = await signIn({ client, login, password }, request, tools);
  await attempts.succeed(attempt);

  const permissions = [...new Set(person.roles.flatMap(role => client.permissions[role] ?? []))];
  const token = await issuer.sign({
    subject: person.external_id,
    tenant: client.tenant,
    roles: person.roles,
    ...(permissions.length > 0 ? { permissions } : {}),
  });
  const scope = permissions.length > 0 ? { scope: permissions.join(' ') } : {};
  return { access_token: token, token_type: 'Bearer', expires_in: issuer.lifetime, ...scope };
}

function refuseTooMany(seconds: number): void {
  if (seconds === 0) return;
  const description = `Too many attempts. Please try again in ${seconds} seconds.`;
  throw new OAuthError(429, 'temporarily_unavailable', description, { 'retry-after': String(seconds) });
}

interface SignIn {
  client: OAuthClient;
  login: string;
  password: string;
}

/** Finds out who it is and writes that down, as it writes down that it was nobody; both take as long. */
async function signIn(
  { client, login, password }: SignIn,
  { credentials }: RouteRequest,
  { database, now }: Tools,
): Promise<PersonWithPassword> {
  const tenant = await database.transaction(platformTenant, 'read', tx => selectTenant(tx, client.tenant));
  if (!tenant || tenant.external_id !== client.tenant) {
    throw new Error(`STRATA_OAUTH_CLIENTS: there is no tenant '${client.tenant}', whose people sign in through '${client.id}'`);
  }
  const person = await database.transaction(tenant.id, 'read', tx => selectPersonWithPassword(tx, login));
  const good = await isPassword(password, person?.hash ?? undefined);
  const reason = person ? (person.hash === null ? 'no password' : 'wrong password') : 'unknown login';
  await writeApart(
    tenant.id,
    {
      action: good ? 'SIGN_IN' : 'SIGN_IN_FAILED',
      resourceType: 'Person',
      resourceId: person && publicId('person', person.id),
      // Of a login that nobody has not a letter is kept: people type their password there.
      details: { client: client.id, ...(good ? {} : { reason }) },
    },
    { database, now, person: person && good ? { personId: person.id, actsForPlatform: false } : undefined, from: credentials },
  );
  if (!person || !good) {
    throw new OAuthError(400, 'invalid_grant', 'The provided access grant is invalid, expired, or revoked.');
  }
  return person;
}
