const secret = /password|secret|token|credential|authorization/i;
const longestText = 300;
const longestList = 20;
const deepest = 6;
const mostCharacters = 8_000;

/** What may stand in the audit log of a request's arguments: no secrets, no NUL, and not a page of each list. */
export function withoutSecrets(details: Record<string, unknown>): Record<string, unknown> {
  const kept = cut(details, 0) as Record<string, unknown>;
  const length = JSON.stringify(kept).length;
  return length <= mostCharacters ? kept : { left_out: `${length} characters` };
}

function cut(value: unknown, depth: number): unknown {
  if (typeof value === 'string') {
    const sound = storable(value.slice(0, longestText));
    return value.length > longestText ? `${sound}…` : sound;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return value.toISOString();
  if (depth >= deepest) return '…';
  if (Array.isArray(value)) {
    const first = value.slice(0, longestList).map(item => cut(item, depth + 1));
    return value.length > longestList ? [...first, `… ${value.length} in all`] : first;
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [storable(name.slice(0, 100)), secret.test(name) ? '(not kept)' : cut(inner, depth + 1)]),
  );
}

/** The database keeps neither NUL nor half a character in JSON. */
const storable = (text: string): string => text.replaceAll('\0', '').replace(/[\ud800-\udfff]/gu, '\ufffd');
