/**
 * A message without what stands in it between quotes: that may be what somebody has sent, a name above all. Words, codes
 * and places remain. An apostrophe within a word neither opens nor closes a quotation.
 */
export const withoutQuotes = (message: string): string =>
  message.replace(quoted('"'), '…').replace(quoted('`'), '…').replace(quoted("'"), '…');

const quoted = (mark: string): RegExp =>
  new RegExp(`(?<![\\p{L}\\p{N}])${mark}(?:[^${mark}]|${mark}(?=[\\p{L}\\p{N}]))*${mark}?`, 'gu');
