import type { Translate } from '../texts';
import { formatList } from '../texts/format';

/** So many are named in a sentence. */
const mostNamed = 12;

/** Values as part of a sentence. */
export function listed(values: readonly string[], t: Translate): string {
  const named = formatList(values.slice(0, mostNamed));
  const count = values.length - mostNamed;
  return count > 0 ? t('uncarried.more', { count, values: named }) : named;
}
