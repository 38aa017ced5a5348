import { GraphQLError } from 'graphql';
import { badInput, formatError, isBusy, isUnavailable, Problem, toProblem } from './errors';

test.each([
  ['a refused connection', { code: 'ECONNREFUSED' }],
  ['a server that shuts down', { code: '57P01' }],
  ['a lost connection', new Error('Connection terminated unexpectedly')],
  ['a helping process that was killed', Object.assign(new Error('lost connection to parallel worker'), { code: '55000' })],
])('%s is UNAVAILABLE', (_name, error) => {
  expect(isUnavailable(error)).toBe(true);
  expect(toProblem(error).extensions.code).toBe('UNAVAILABLE');
});

test.each(['57014', '40001', '40P01', '55P03'])('a statement that ended with %s may be tried again', code => {
  expect(isBusy({ code })).toBe(true);
  expect(toProblem({ code })).toMatchObject({ extensions: { code: 'UNAVAILABLE' }, message: expect.stringMatching(/try again/) });
});

test('a bug says nothing of itself', () => {
  const bug = new TypeError('cannot read secret of undefined');
  expect(toProblem(bug).message).not.toContain('secret');
  const shown = formatError({ message: bug.message, extensions: { stacktrace: ['at secret'], code: 'INTERNAL_SERVER_ERROR' } }, bug);
  expect(JSON.stringify(shown)).not.toContain('secret');
  expect(shown.extensions).toEqual({ code: 'INTERNAL_SERVER_ERROR' });
});

test('what the caller can act on is said in full, with its code', () => {
  const problem = badInput('first must be between 0 and 1000, not -1.');
  expect(toProblem(problem)).toBe(problem);
  expect(toProblem(new GraphQLError('wrapped', { originalError: problem }))).toBe(problem);
  expect(new Problem('RATE_LIMITED', 'later', { retryAfter: 5 }).extensions).toEqual({ code: 'RATE_LIMITED', retryAfter: 5 });
});
