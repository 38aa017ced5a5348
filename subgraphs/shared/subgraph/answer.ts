import { GraphQLError, type ExecutionResult, type FormattedExecutionResult, type GraphQLFormattedError } from 'graphql';
import { Problem, isUnavailable, toProblem } from '../errors';

/** Told of what callers are not: bugs, with their stacks, and the request that met them. */
export type OnBug = (error: unknown, met?: { requestId?: string | undefined }) => void;

/** A result as it leaves the subgraph: its errors in plain words, with a code and where they happened, and no more. */
export function answerOf(result: ExecutionResult, onBug: OnBug): FormattedExecutionResult {
  const { errors, ...rest } = result;
  if (!errors?.length) return rest;
  return { ...rest, errors: errors.map(error => formatted(error, onBug)) };
}

function formatted(error: GraphQLError, onBug: OnBug): GraphQLFormattedError {
  const problem = presented(error, onBug);
  return {
    message: problem.message,
    ...(error.path ? { path: error.path } : {}),
    extensions: { code: problem.extensions.code ?? 'INTERNAL_SERVER_ERROR' },
  };
}

function presented(error: GraphQLError, onBug: OnBug): GraphQLError {
  const cause = causeOf(error);
  if (cause instanceof Problem) return cause;
  if (isUnavailable(cause)) return toProblem(cause);
  if (cause instanceof GraphQLError) {
    if (typeof cause.extensions.code === 'string') return cause;
    // Scalars refuse what they cannot read; graphql's own message says which variable or argument it was.
    if (isAboutInput(error)) return new GraphQLError(error.message, { extensions: { code: 'BAD_USER_INPUT' } });
  }
  onBug(cause);
  return toProblem(cause instanceof GraphQLError ? new Error(cause.message) : cause);
}

/** Whether it was said on purpose, so that the same would be said again. */
export function isProblem(error: unknown): boolean {
  const cause = causeOf(error);
  return cause instanceof Problem || (cause instanceof GraphQLError && !cause.originalError);
}

/** What was thrown, however often it was wrapped on its way. */
function causeOf(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && !(cause instanceof Problem) && cause.originalError) {
    cause = cause.originalError;
  }
  return cause;
}

/** Variables are read before any field, so that their errors have no path; arguments are named in the message. */
const isAboutInput = (error: GraphQLError): boolean => !error.path || error.message.startsWith('Argument "');
