import { createHash } from 'node:crypto';
import type { HTTPGraphQLResponse } from '@apollo/server';
import { HeaderMap } from '@apollo/server';
import type { RequestHandler } from 'express';
import { OperationTypeNode, visit, type DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Credentials } from '../subgraphs/shared/access/caller';
import { documentStore } from '../subgraphs/shared/subgraph/documents';
import { credentialsOf } from '../subgraphs/shared/subgraph/http';
import type { Graph } from './graph';

/** Bytes of answers that are kept. */
const mostBytes = 32 * 1024 * 1024;
const largestAnswer = 512 * 1024;
/** Milliseconds: "today" and freshness move on with the clock, without any change of data. */
const longestLife = 60_000;

interface Answer {
  version: string;
  body: string;
  /** Milliseconds of the clock. */
  madeAt: number;
}

/** What tells one question from another; the token is in it, so no answer is given to anybody else. */
function questionKey({ token, actingTenant }: Credentials, body: { query?: unknown; variables?: unknown; operationName?: unknown }): string {
  const question = [token, actingTenant ?? null, body.query, body.operationName ?? null, body.variables ?? null];
  return createHash('sha256').update(JSON.stringify(question)).digest('base64');
}

/** Fields that tell of what goes on, which no version counts: a build that was killed changes nothing, and has ended. */
const momentary = new Set(['buildProgress']);

/** Whether an answer may be given again: of queries only, a mutation is never answered from memory. */
function mayBeRepeated(document: DocumentNode): boolean {
  let may = true;
  visit(document, {
    OperationDefinition: ({ operation }) => {
      if (operation !== OperationTypeNode.QUERY) may = false;
    },
    Field: ({ name }) => {
      if (momentary.has(name.value)) may = false;
    },
  });
  return may;
}

const verdicts = new WeakMap<DocumentNode, boolean>();

function isRepeatable(documentOf: ReturnType<typeof documentStore>, text: unknown): text is string {
  if (typeof text !== 'string') return false;
  try {
    const document = documentOf(text);
    let may = verdicts.get(document);
    if (may === undefined) verdicts.set(document, (may = mayBeRepeated(document)));
    return may;
  } catch {
    return false; // the server says what is wrong with it
  }
}

/**
 * Answers graph requests; the same question of the same caller again from memory, as long as nothing it depends on has
 * changed. The version is asked before an answer is given again, and before it is made, unless it will tell itself which
 * version it was read at: what was made at a version that still holds is what would be made now. An answer that was made
 * before has its age in the header Age.
 */
export function answerGraph(
  { server, direct }: Graph,
  version: ((credentials: Credentials) => Promise<string>) | undefined,
): RequestHandler {
  const documentOf = documentStore();
  const answers = new LRUCache<string, Answer>({
    maxSize: mostBytes,
    maxEntrySize: largestAnswer,
    ttl: longestLife,
    sizeCalculation: ({ body }) => Buffer.byteLength(body) + 500,
  });

  return async (request, response) => {
    const credentials = credentialsOf(request);
    const body = request.body as Record<string, unknown>;
    const mayRepeat = version !== undefined && request.method === 'POST' && isRepeatable(documentOf, body.query);
    const key = mayRepeat ? questionKey(credentials, body) : '';
    const known = mayRepeat ? answers.get(key) : undefined;
    const tellsItself = known === undefined && direct.has(String(body.query), body.operationName);
    const current = mayRepeat && !tellsItself ? await version(credentials).catch(() => undefined) : undefined;
    if (known && known.version === current) {
      response.setHeader('cache-control', 'no-store');
      response.setHeader('age', Math.floor((Date.now() - known.madeAt) / 1_000));
      response.status(200).type('application/json').end(known.body);
      return;
    }
    const answered: { version?: string } = {};
    const answer = await server.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: request.method,
        headers: headersOf(request.headers),
        search: new URL(request.originalUrl, 'http://strata').search,
        body,
      },
      context: async () => ({ credentials, answered }),
    });
    const complete = await send(response, answer);
    const madeAtVersion = current ?? answered.version;
    if (mayRepeat && madeAtVersion !== undefined && complete !== undefined && isGood(answer, complete)) {
      answers.set(key, { version: madeAtVersion, body: complete, madeAt: Date.now() });
    }
  };
}

const isGood = ({ status, headers }: HTTPGraphQLResponse, body: string): boolean =>
  (status ?? 200) === 200 && body.startsWith('{"data"') && (headers.get('content-type') ?? '').startsWith('application/json');

function headersOf(headers: Record<string, string | string[] | undefined>): HeaderMap {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return map;
}

/** Sends an answer; returns its text where it came in one piece. */
async function send(
  response: Parameters<RequestHandler>[1],
  { status, headers, body }: HTTPGraphQLResponse,
): Promise<string | undefined> {
  for (const [name, value] of headers) response.setHeader(name, value);
  response.status(status ?? 200);
  if (body.kind === 'complete') {
    response.end(body.string);
    return body.string;
  }
  for await (const chunk of body.asyncIterator) response.write(chunk);
  response.end();
  return undefined;
}
