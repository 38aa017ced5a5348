import { selectTenant } from '../../shared/access/caller.queries';
import type { OAuthClient } from '../../shared/access/oauth-clients';
import { writeApart } from '../../shared/audit/refusals';
import { notFound } from '../../shared/errors';
import { publicId } from '../../shared/identifiers';
import type { RouteRequest, RouteResponse, RouteTools, SubgraphRoute, TokenIssuer } from '../../shared/subgraph/route';
import { platformTenant } from '../../../migrations/row-level-security';
import { countAttempts, type Attempt, type Attempts } from './attempts';
import { tellFailedSignIn } from './failed-sign-in';
import { isPassword } from './password';
import { selectPersonWithPassword, type PersonWithPassword } from './password.queries';
import { authenticateClient, InvalidClient, OAuthError, readForm, readPasswordGrant } from './token-request';

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
  const { address } = request.credentials;
  const attempts = attemptsOf(issuer);
  const form = await readForm(request);
  const ofProgram: Attempt = { address };
  refuseTooMany(await attempts.begin(ofProgram));
  const client = await clientOf(form, request, tools);
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

/** Which program it is. The platform is told of one that there is not, which takes as long as a wrong secret. */
async function clientOf(form: Map<string, string>, request: RouteRequest, tools: Tools): Promise<OAuthClient> {
  try {
    return authenticateClient(form, request.credentials.basic, tools.issuer.clients);
  } catch (error) {
    if (error instanceof InvalidClient && error.named !== undefined) {
      const { named: client } = error;
      const tenantId = await tenantOf(client ?? { id: '', tenant: 'platform' }, tools);
      const reason = client ? 'wrong client secret' : 'unknown client';
      await tellFailedSignIn({ tenantId, client, reason }, { request, tools, attempts: attemptsOf(tools.issuer) });
    }
    throw error;
  }
}

async function tenantOf({ id, tenant: name }: Pick<OAuthClient, 'id' | 'tenant'>, { database }: Tools): Promise<number> {
  const tenant = await database.transaction(platformTenant, 'read', tx => selectTenant(tx, name));
  if (tenant?.external_id === name) return tenant.id;
  throw new Error(`STRATA_OAUTH_CLIENTS: there is no tenant '${name}', whose people sign in through '${id}'`);
}

interface SignIn {
  client: OAuthClient;
  login: string;
  password: string;
}

/** Finds out who it is and writes that down, as it writes down that it was nobody; both take as long. */
async function signIn({ client, login, password }: SignIn, request: RouteRequest, tools: Tools): Promise<PersonWithPassword> {
  const { database, now, issuer } = tools;
  const tenantId = await tenantOf(client, tools);
  const person = await database.transaction(tenantId, 'read', tx => selectPersonWithPassword(tx, login));
  const good = await isPassword(password, person?.hash ?? undefined);
  if (!person || !good) {
    const reason = person ? (person.hash === null ? 'no password' : 'wrong password') : 'unknown login';
    await tellFailedSignIn({ tenantId, client, person, reason }, { request, tools, attempts: attemptsOf(issuer) });
    throw new OAuthError(400, 'invalid_grant', 'The provided access grant is invalid, expired, or revoked.');
  }
  await writeApart(
    tenantId,
    { action: 'SIGN_IN', resourceType: 'Person', resourceId: publicId('person', person.id), details: { client: client.id } },
    { database, now, person: { personId: person.id, actsForPlatform: false }, from: request.credentials },
  );
  return person;
}
