import { GraphQLError, type GraphQLFormattedError } from 'graphql';

export type ProblemCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'BAD_USER_INPUT'
  | 'CONFLICT'
  | 'TOO_LARGE'
  | 'RATE_LIMITED'
  | 'UNAVAILABLE';

/** Something the caller can act on, said in full; anything else thrown is a bug and is masked. */
export class Problem extends GraphQLError {
  readonly code: ProblemCode;

  /** `retryAfter`: seconds after which the same request may well succeed. */
  constructor(code: ProblemCode, message: string, { retryAfter }: { retryAfter?: number } = {}) {
    super(message, { extensions: { code, ...(retryAfter === undefined ? {} : { retryAfter }) } });
    this.code = code;
  }
}

export const badInput = (message: string): Problem => new Problem('BAD_USER_INPUT', message);
export const notFound = (message: string): Problem => new Problem('NOT_FOUND', message);
export const forbidden = (message = 'You may not see this.'): Problem => new Problem('FORBIDDEN', message);

/**
 * The second is TypeORM's: it releases a connection that broke between two statements, and the next one finds it so. The
 * third is PostgreSQL's, where a process that helped with a statement died: all of them are about to.
 */
const lostConnection = [
  /connection terminated|connection timeout|timeout exceeded when trying to connect|not queryable/i,
  /query runner already released/i,
  /lost connection to parallel worker/i,
];

/** Errors of the connection or the server, not of the statement: the database is away, restarting or out of room. */
export function isUnavailable(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code === 'string') {
    if (/^(08|53)/.test(code) || ['57P01', '57P02', '57P03'].includes(code)) return true;
    if (['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', 'ETIMEDOUT'].includes(code)) return true;
  }
  return typeof message === 'string' && lostConnection.some(words => words.test(message));
}

/** The statement took too long, or met another change at the same moment: the same request may well succeed later. */
export function isBusy(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' && ['57014', '55P03', '40001', '40P01'].includes(code);
}

/** GraphQL offers names that come near a wrong one: of enums, in variables too, which tells a schema bit by bit. */
export const withoutHint = (message: string): string => message.replace(/ Did you mean [^?]*\?/g, '');

/** What a caller is told of an error: a Problem as it is, GraphQL's own complaints as they are, nothing of a bug. */
export function toProblem(error: unknown): GraphQLError {
  const original = error instanceof GraphQLError ? (error.originalError ?? error) : error;
  if (original instanceof Problem) return original;
  if (isUnavailable(original)) {
    return new Problem('UNAVAILABLE', 'The database cannot be reached just now. Please try again in a moment.');
  }
  if (isBusy(original)) {
    return new Problem('UNAVAILABLE', 'This took too long, or met another change at the same moment. Please try again.');
  }
  if (original instanceof GraphQLError) return original;
  return new GraphQLError('Something went wrong on our side.', { extensions: { code: 'INTERNAL_SERVER_ERROR' } });
}

const codesOfGraphQL = new Map([
  ['GRAPHQL_PARSE_FAILED', 'BAD_USER_INPUT'],
  ['GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT'],
  ['OPERATION_RESOLUTION_FAILURE', 'BAD_USER_INPUT'],
  ['BAD_REQUEST', 'BAD_USER_INPUT'],
]);

/** The last word on an error's shape: a known code, no stack, nothing of the inside. */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const code = formatted.extensions?.code;
  const known = typeof code === 'string' && code !== 'INTERNAL_SERVER_ERROR' && code !== 'DOWNSTREAM_SERVICE_ERROR';
  const shown = known ? formatted : toProblem(error);
  const shownCode = String(shown.extensions?.code ?? 'INTERNAL_SERVER_ERROR');
  return {
    message: shown.message,
    ...(formatted.locations ? { locations: formatted.locations } : {}),
    ...(formatted.path ? { path: formatted.path } : {}),
    extensions: { code: codesOfGraphQL.get(shownCode) ?? shownCode },
  };
}
