import { badInput } from '../../shared/errors';

const longest = 10_000;

/** Half a character, or none at all: `\u0000` and halves of surrogate pairs, as JSON.stringify writes them. */
const unkeepable = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/i;

/** Details for the log, as they came: an object that the database can keep. */
export function checkMetadata(metadata: unknown): Record<string, unknown> | undefined {
  if (metadata === null || metadata === undefined) return undefined;
  if (typeof metadata !== 'object' || Array.isArray(metadata)) {
    throw badInput(
      `metadata must be a JSON object; ${Array.isArray(metadata) ? 'a list' : `a ${typeof metadata}`} came.`,
    );
  }
  const text = JSON.stringify(metadata);
  if (text.length > longest) {
    throw badInput(`metadata may have ${longest} characters as JSON at most; ${text.length} came.`);
  }
  if (unkeepable.test(text)) throw badInput('metadata must not contain NUL characters or halves of surrogate pairs.');
  return metadata as Record<string, unknown>;
}
