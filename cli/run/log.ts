import { types } from 'node:util';
import pino, { type DestinationStream, type Logger } from 'pino';
import { withoutQuotes } from '../../subgraphs/shared/plain-words';

/** One line of JSON an event, on stderr: stdout is for what a command was asked for. */
export const createLog = (level: string, to: DestinationStream = pino.destination({ dest: 2, sync: true })): Logger =>
  pino({ level, base: {}, serializers: { err: described } }, to);

/** What the database tells beside an error's message that is a name of ours, and no value of anybody's. */
const ownNames = ['code', 'severity', 'schema', 'table', 'column', 'constraint', 'routine'];

/** Of several errors in one, such as those of several tenants, so many are told. */
const mostTold = 5;

/**
 * An error as it may stand in a log: what kind, where, and its words without what they quote. The database's detail, the
 * parameters of a statement and the text of a query may hold names of people, and stay out.
 */
function described(error: unknown): object {
  if (!types.isNativeError(error) && !(error instanceof Error)) return { type: typeof error };
  const { cause, errors } = error as { cause?: unknown; errors?: unknown };
  const known = error as unknown as Record<string, unknown>;
  const names = ownNames.flatMap(name => (typeof known[name] === 'string' ? [[name, known[name]]] : []));
  return {
    type: error.name,
    message: withoutQuotes(error.message),
    ...Object.fromEntries(names),
    stack: placesOf(error),
    ...(cause === undefined ? {} : { cause: described(cause) }),
    ...(Array.isArray(errors) ? { errors: errors.slice(0, mostTold).map(described) } : {}),
  };
}

/** The stack without the message that it begins with. */
const placesOf = ({ stack = '' }: Error): string =>
  stack.split('\n').filter(line => /^\s+at /.test(line)).join('\n');

/** What a person at the terminal should read. */
export const progress = (line: string): void => void process.stderr.write(`${line}\n`);
