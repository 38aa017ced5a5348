import { createHash } from 'node:crypto';
import type { HTTPGraphQLResponse } from '@apollo/server';
import { HeaderMap } from '@apollo/server';
import type { RequestHandler } from 'express';
import { OperationTypeNode, visit, type DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Credentials } from '../subgraphs/shared/access/caller';
import { documentStore } from '../subgraphs/shared/subgraph/documents';
import { credentialsOf } from '../subgraphs/shared/subgraph/http';
import { operationOf, recordOf } from '../subgraphs/shared/subgraph/request-record';
import { counter } from '../subgraphs/shared/metrics';
import { badInput, Problem } from '../subgraphs/shared/errors';
import type { Limits } from '../subgraphs/shared/limits/limits';
import { sizeErrors } from '../subgraphs/shared/limits/query-size';
import { timeLimit } from '../subgraphs/shared/limits/time-limit';
import { callerKey } from './callers';
import type { Graph } from './graph';
import type { Turns } from './turns';

/** Bytes of answers that are kept. */
const mostBytes = 32 * 1024 * 1024;
const largestAnswer = 512 * 1024;
/** Milliseconds: "today" and freshness move on with the clock, without any change of data. */
const longestLife = 60_000;

const answered = counter(
  'strata_answers_total',
  'Answers of the graph, by where they came from: memory, one subgraph alone (direct), or a plan over subgraphs.',
  ['from'],
);

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

/**
 * Fields that tell of what goes on, which no version counts: a build that was killed changes nothing, and has ended; what
 * the audit log notes changes no figure; nor does a report file that is being made.
 */
const momentary = new Set(['buildProgress', 'auditLog', 'export', 'exports']);

interface Verdict {
  document?: DocumentNode;
  /** Queries only. */
  readsOnly: boolean;
  /** Whether an answer may be given again: a mutation is never answered from memory. */
  repeatable: boolean;
}

function judge(document: DocumentNode): Verdict {
  const verdict: Verdict = { document, readsOnly: true, repeatable: true };
  visit(document, {
    OperationDefinition: ({ operation }) => {
      if (operation !== OperationTypeNode.QUERY) verdict.readsOnly = verdict.repeatable = false;
    },
    Field: ({ name }) => {
      if (momentary.has(name.value)) verdict.repeatable = false;
    },
  });
  return verdict;
}

const verdicts = new WeakMap<DocumentNode, Verdict>();

/** Refuses what is too deep or too wide, before anything else is asked about it. */
function verdictOn(text: string, { documentOf, limits }: { documentOf: ReturnType<typeof documentStore>; limits: Limits }): Verdict {
  try {
    const document = documentOf(text);
    let verdict = verdicts.get(document);
    if (!verdict) {
      const [error] = sizeErrors(document, limits);
      if (error) throw badInput(error.message);
      verdicts.set(document, (verdict = judge(document)));
    }
    return verdict;
  } catch (error) {
    if (error instanceof Problem) throw error;
    return { readsOnly: false, repeatable: false }; // the server says what is wrong with it
  }
}

export interface AnswerParts {
  version: ((credentials: Credentials) => Promise<string>) | undefined;
  limits: Limits;
  turns: Turns;
}

/**
 * Answers graph requests; the same question of the same caller again from memory, as long as nothing it depends on has
 * changed. The version is asked before an answer is given again, and before it is made, unless it will tell itself which
 * version it was read at: what was made at a version that still holds is what would be made now. An answer that was made
 * before has its age in the header Age.
 */
export function answerGraph(
  { server, direct }: Graph,
  { version, limits, turns }: AnswerParts,
): RequestHandler {
  const documentOf = documentStore({ maxTokens: limits.tokens });
  const answers = new LRUCache<string, Answer>({
    maxSize: mostBytes,
    maxEntrySize: largestAnswer,
    ttl: longestLife,
    sizeCalculation: ({ body }) => Buffer.byteLength(body) + 500,
  });

  return async (request, response) => {
    const credentials = credentialsOf(request);
    const body = request.body as Record<string, unknown>;
    const isPost = request.method === 'POST'; // who asks by GET can only read, which the server sees to
    const { searchParams, search } = isPost ? nothingInUrl : new URL(request.originalUrl, 'http://strata');
    const text = textIn(isPost ? body.query : searchParams.get('query'));
    const verdict = verdictOn(text, { documentOf, limits });
    const record = recordOf(response);
    const { document } = verdict;
    const operationName = isPost ? body.operationName : searchParams.get('operationName');
    const operation = document && operationOf(document, { text, operationName });
    if (operation) record.operation = operation;
    const { readsOnly, repeatable } = isPost ? verdict : { readsOnly: true, repeatable: false };
    // What a super admin reads in another tenant is written down each time.
    const mayRepeat = version !== undefined && repeatable && credentials.actingTenant === undefined;
    const key = mayRepeat ? questionKey(credentials, body) : '';
    const known = mayRepeat ? answers.get(key) : undefined;
    const tellsItself = known === undefined && direct.has(text, body.operationName);
    const current = mayRepeat && !tellsItself ? await version(credentials).catch(() => undefined) : undefined;
    if (known && known.version === current) {
      response.setHeader('cache-control', 'no-store');
      response.setHeader('age', Math.floor((Date.now() - known.madeAt) / 1_000));
      record.answered = 'memory';
      answered.inc({ from: 'memory' });
      response.status(200).type('application/json').end(known.body);
      return;
    }
    const signal = timeLimit(response, { seconds: limits.seconds, readsOnly });
    let release: (() => void) | undefined;
    let refusal: unknown;
    const turn = async (rows: number): Promise<void> => {
      try {
        release = await turns.take({ caller: callerKey(response), rows, signal });
      } catch (error) {
        refusal = error;
        throw error;
      }
    };
    const answeredBy: { version?: string; behind?: boolean } = {};
    let answer: HTTPGraphQLResponse;
    try {
      answer = await server.executeHTTPGraphQLRequest({
        httpGraphQLRequest: {
          method: request.method,
          headers: headersOf(request.headers),
          search,
          body,
        },
        context: async () => ({ credentials, record, signal, turn, answered: answeredBy }),
      });
    } finally {
      release?.();
    }
    if (refusal !== undefined) throw refusal; // with the status and headers of a request that comes too soon
    if (record.answered) answered.inc({ from: record.answered });
    const complete = await send(response, answer);
    const madeAtVersion = current ?? answeredBy.version;
    if (mayRepeat && !answeredBy.behind && madeAtVersion !== undefined && complete !== undefined && isGood(answer, complete)) {
      answers.set(key, { version: madeAtVersion, body: complete, madeAt: Date.now() });
    }
  };
}

/** What is no text the server refuses; an object of a caller's making is not asked for its own. */
const textIn = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Of a POST, in whose URL stands nothing that counts. */
const nothingInUrl = { searchParams: new URLSearchParams(), search: '' };

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
