import type { FormattedExecutionResult } from 'graphql';

/**
 * The version of the tenant that an answer was read at, for whoever wants to give it again. Told beside the answer, not in
 * it: it is nothing to callers. Unknown where a mutation or another tenant came in between.
 */
const versions = new WeakMap<FormattedExecutionResult, string>();

export const versionAnswered = (answer: FormattedExecutionResult): string | undefined => versions.get(answer);

export function answeredAt<Answer extends FormattedExecutionResult>(answer: Answer, version: string | undefined): Answer {
  if (version !== undefined) versions.set(answer, version);
  return answer;
}

/** Answers of a moment before the tenant's version: right when they are given, and not to be given again. */
const behind = new WeakSet<FormattedExecutionResult>();

export const wasBehind = (answer: FormattedExecutionResult): boolean => behind.has(answer);

export function answeredBehind<Answer extends FormattedExecutionResult>(answer: Answer): Answer {
  behind.add(answer);
  return answer;
}

const versionHeader = 'strata-version';
const behindHeader = 'strata-behind';

/** What of it a server tells the gateway. */
export const headersOfAnswer = (answer: FormattedExecutionResult): Record<string, string> => {
  const version = versionAnswered(answer);
  return {
    ...(version === undefined ? {} : { [versionHeader]: version }),
    ...(wasBehind(answer) ? { [behindHeader]: '1' } : {}),
  };
};

/** The answer that came with these headers. */
export function answeredWith<Answer extends FormattedExecutionResult>(answer: Answer, headers: Headers): Answer {
  if (headers.has(behindHeader)) answeredBehind(answer);
  return answeredAt(answer, headers.get(versionHeader) ?? undefined);
}
