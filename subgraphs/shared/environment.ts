import { isIP } from 'node:net';
import path from 'node:path';
import { readClients, type OAuthClient } from './access/oauth-clients';
import type { ReplicaSettings } from './database/replica';
import { readLimits, type Limits } from './limits/limits';

export const subgraphNames = ['hierarchy', 'roster', 'competency', 'reporting'] as const;
export type SubgraphName = (typeof subgraphNames)[number];

/** Where a subgraph listens, as a service, unless a setting says otherwise. */
export const defaultSubgraphUrl = (name: SubgraphName): string =>
  `http://127.0.0.1:${4001 + subgraphNames.indexOf(name)}/graphql`;

export interface Environment {
  port: number;
  /** The owner's connection; unset: the embedded PostgreSQL of the data folder. */
  databaseUrl?: string;
  /** The service's own login; unset: the owner's login steps down in each transaction. */
  appDatabaseUrl?: string;
  /** A streaming replica that answers reads. */
  replica?: ReplicaSettings;
  dataDir: string;
  demo: boolean;
  issuer: string;
  audience: string;
  jwksUrl?: string;
  introspection: boolean;
  /** Whether the service prepares statements: not behind PgBouncer in transaction mode. */
  preparedStatements: boolean;
  /** Where callers reach the gateway, for links in answers; unset: each request's own host. */
  publicUrl?: string;
  logLevel: string;
  /** Whether traces are sent; where to, OpenTelemetry's own variables say. */
  tracing: boolean;
  limits: Limits;
  /** Whose X-Forwarded-For is believed: addresses, ranges, or the names that Express knows. */
  trustedProxies: string[];
  /** Pages of which other origins may ask. */
  allowedOrigins: string[];
  /** Whether browsers are told to come back by TLS alone. */
  hsts: boolean;
  /** Who may use POST /oauth/token; without anybody it is off. */
  oauthClients: OAuthClient[];
  /** Where the gateway finds each subgraph, and on which port the subgraph itself listens. */
  subgraphUrls: Record<SubgraphName, string>;
}

/** Wrong settings, all of them at once. */
export class WrongSettings extends Error {
  override readonly name = 'WrongSettings';
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/** Reads the settings once. Throws WrongSettings, with every wrong one named, before anything has started. */
export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): Environment {
  const wrong: string[] = [];
  const given = (name: string): string | undefined => variables[name]?.trim() || undefined;

  const url = (name: string, protocols: string[]): string | undefined => {
    const value = given(name);
    if (value === undefined) return undefined;
    const parsed = URL.canParse(value) ? new URL(value) : null;
    if (!parsed || !protocols.includes(parsed.protocol)) {
      wrong.push(`${name} must be a URL that begins with ${protocols.map(p => `${p}//`).join(' or ')}`);
    }
    return value;
  };
  const port = (name: string, fallback: number): number => {
    const value = given(name);
    if (value === undefined) return fallback;
    const number = Number(value);
    if (!Number.isInteger(number) || number < 0 || number > 65_535) {
      wrong.push(`${name} must be a port from 0 to 65535, not '${value}'`);
    }
    return number;
  };
  const seconds = (name: string, fallback: number): number => {
    const number = Number(given(name) ?? fallback);
    if (Number.isFinite(number) && number > 0 && number <= 86_400) return number;
    wrong.push(`${name} must be seconds, more than 0 and at most 86400, not '${given(name)}'`);
    return fallback;
  };
  const flag = (name: string, fallback: boolean): boolean => {
    const value = given(name);
    if (value === undefined) return fallback;
    if (value === '1' || value === 'true') return true;
    if (value === '0' || value === 'false') return false;
    wrong.push(`${name} must be 1 or 0, not '${value}'`);
    return fallback;
  };
  const oneOf = (name: string, values: string[], fallback: string): string => {
    const value = given(name) ?? fallback;
    if (!values.includes(value)) wrong.push(`${name} must be one of ${values.join(', ')}, not '${value}'`);
    return value;
  };

  const list = (name: string, isSound: (item: string) => boolean, expected: string): string[] => {
    const items = (given(name) ?? '').split(',').map(item => item.trim()).filter(item => item !== '');
    const bad = items.filter(item => !isSound(item));
    if (bad.length > 0) wrong.push(`${name} must be ${expected}, with commas between them, not '${bad.join(',')}'`);
    return items;
  };

  const databaseUrl = url('DATABASE_URL', ['postgres:', 'postgresql:']);
  const appDatabaseUrl = url('STRATA_APP_DATABASE_URL', ['postgres:', 'postgresql:']);
  if (appDatabaseUrl && !databaseUrl) wrong.push('STRATA_APP_DATABASE_URL goes with DATABASE_URL, which is not set');
  const tracing = [url('OTEL_EXPORTER_OTLP_ENDPOINT', ['http:', 'https:']), url('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', ['http:', 'https:'])]
    .some(receiver => receiver !== undefined) && given('OTEL_SDK_DISABLED')?.toLowerCase() !== 'true';
  const replicaUrl = url('STRATA_REPLICA_DATABASE_URL', ['postgres:', 'postgresql:']);
  if (replicaUrl && !databaseUrl) wrong.push('STRATA_REPLICA_DATABASE_URL goes with DATABASE_URL, which is not set');
  const mostSecondsBehind = seconds('STRATA_REPLICA_MAX_LAG', 10);
  const demo = flag('STRATA_DEMO', !databaseUrl);
  const environment: Environment = {
    port: port('PORT', 4000),
    ...(databaseUrl ? { databaseUrl } : {}),
    ...(appDatabaseUrl ? { appDatabaseUrl } : {}),
    ...(replicaUrl ? { replica: { url: replicaUrl, mostSecondsBehind } } : {}),
    dataDir: path.resolve(given('STRATA_DATA_DIR') ?? '.data'),
    demo,
    issuer: given('STRATA_ISSUER') ?? 'strata-development',
    audience: given('STRATA_AUDIENCE') ?? 'strata',
    introspection: flag('STRATA_INTROSPECTION', demo),
    preparedStatements: flag('STRATA_PREPARED_STATEMENTS', true),
    logLevel: oneOf('LOG_LEVEL', logLevels, 'info'),
    tracing,
    limits: readLimits(variables, message => wrong.push(message)),
    trustedProxies: list('STRATA_TRUSTED_PROXIES', isNetwork, 'addresses or ranges such as 10.0.0.0/8'),
    allowedOrigins: list('STRATA_ALLOWED_ORIGINS', isOrigin, 'origins such as https://reports.example.org'),
    hsts: flag('STRATA_HSTS', false),
    oauthClients: [],
    subgraphUrls: {} as Record<SubgraphName, string>,
  };
  const publicUrl = url('STRATA_PUBLIC_URL', ['http:', 'https:']);
  if (publicUrl) environment.publicUrl = publicUrl;
  const jwksUrl = url('STRATA_JWKS_URL', ['http:', 'https:']);
  if (jwksUrl) {
    environment.jwksUrl = jwksUrl;
    if (!given('STRATA_ISSUER')) wrong.push('STRATA_ISSUER must be set together with STRATA_JWKS_URL');
  }
  if (flag('STRATA_PASSWORD_GRANT', false)) {
    environment.oauthClients = readClients(given('STRATA_OAUTH_CLIENTS'), message => wrong.push(message));
    if (jwksUrl) wrong.push('STRATA_PASSWORD_GRANT goes without STRATA_JWKS_URL, whose issuer gives tokens');
  }
  for (const name of subgraphNames) {
    environment.subgraphUrls[name] =
      url(`STRATA_SUBGRAPH_${name.toUpperCase()}_URL`, ['http:', 'https:']) ?? defaultSubgraphUrl(name);
  }
  if (wrong.length > 0) throw new WrongSettings(`Strata cannot start with these settings:\n- ${wrong.join('\n- ')}`);
  return environment;
}

const isNetwork = (text: string): boolean => {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true;
  const [, address, bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address ?? '');
  return version !== 0 && Number(bits ?? 0) <= (version === 4 ? 32 : 128);
};

const isOrigin = (text: string): boolean => URL.canParse(text) && new URL(text).origin === text;
