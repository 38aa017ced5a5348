import { badInput } from '../../shared/errors';

const longest = 500;

/** A text that may be left out, without the spaces around it; null where nothing remains. */
export function optionalText(value: string | null | undefined, name: string): string | null {
  const text = value?.trim() || null;
  if (text !== null && text.length > longest) {
    throw badInput(`${name} may have ${longest} characters at most; ${text.length} came.`);
  }
  return text;
}

export function requiredText(value: string, name: string): string {
  const text = optionalText(value, name);
  if (text === null) throw badInput(`${name} must not be empty.`);
  return text;
}
