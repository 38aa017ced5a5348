import type { Readable } from 'node:stream';
import type { Credentials, Identify } from '../access/caller';
import type { TokenContents } from '../access/keys';
import type { OAuthClient } from '../access/oauth-clients';
import type { Deed } from '../audit/audit';
import type { Database, Transaction } from '../database/database';

/**
 * HTTP routes that a subgraph answers beside its part of the graph, written without a word about a server: the same
 * route is mounted by the gateway in one process, and by the subgraph's own server behind the gateway as services.
 */
export interface SubgraphRoute {
  method: 'GET' | 'POST';
  /** A path with parameters, such as /imports/:id. */
  path: string;
  /**
   * It changes nothing that is administration: activity, say. Else, and of a super admin in another tenant, a POST leaves
   * a row in the audit log.
   */
  unaudited?: boolean;
  /** What it throws becomes application/problem+json: a Problem as it is, anything else masked. */
  handle(request: RouteRequest, at: RouteTools): Promise<RouteResponse>;
}

export interface RouteRequest {
  credentials: Credentials;
  /** What the body is and what is wanted back, in lower case: accept, content-type, -encoding and -disposition. */
  headers: Readonly<Record<string, string | undefined>>;
  /** Parameters of the path, decoded. */
  params: Readonly<Record<string, string>>;
  query: URLSearchParams;
  /** Where the caller reached the service, such as https://strata.example.org: links in answers begin with it. */
  origin: string;
  /** As it came, still compressed. Reading it rejects when the sender breaks off in the middle. */
  body: AsyncIterable<Buffer>;
}

export interface RouteResponse {
  status: number;
  headers?: Record<string, string>;
  body?: string | Buffer | Readable;
}

/** What a subgraph hands its routes. */
export interface RouteTools {
  database: Database;
  identify: Identify;
  now: Date;
  /**
   * Writes into the audit log, in the transaction that changes what it tells of, who was identified before. A POST that
   * does not call it leaves a row with its path and status.
   */
  audit(tx: Transaction, deed: Deed): Promise<void>;
  /** Who gives tokens for passwords; undefined where that is off. */
  issuer?: TokenIssuer;
}

/** What the token endpoint works with. */
export interface TokenIssuer {
  clients: readonly OAuthClient[];
  /** Seconds for which a token is valid. */
  lifetime: number;
  sign(contents: TokenContents): Promise<string>;
}

/** A route of a subgraph at work. */
export interface RunningRoute extends Pick<SubgraphRoute, 'method' | 'path'> {
  handle(request: RouteRequest): Promise<RouteResponse>;
}

export const json = (status: number, value: unknown): RouteResponse => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(value),
});
