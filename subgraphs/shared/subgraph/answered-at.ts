import type { FormattedExecutionResult } from 'graphql';

/**
 * The version of the tenant that an answer was read at, for whoever in this process wants to give it again. Told beside
 * the answer, not in it: it is nothing to callers. Unknown where a mutation or another tenant came in between.
 */
const versions = new WeakMap<FormattedExecutionResult, string>();

export const versionAnswered = (answer: FormattedExecutionResult): string | undefined => versions.get(answer);

export function answeredAt<Answer extends FormattedExecutionResult>(answer: Answer, version: string | undefined): Answer {
  if (version !== undefined) versions.set(answer, version);
  return answer;
}
