/**
 * A message without what stands in it between quotes: that may be what somebody has sent, a name above all. Words, codes
 * and places remain. What is quoted may hold quotes itself, so all from the first to the last of a kind is left out; an
 * apostrophe within a word opens no quotation.
 */
export const withoutQuotes = (message: string): string =>
  ['"', '`', "'"].reduce((words, mark) => words.replace(fromFirstToLast(mark), '…'), message);

const fromFirstToLast = (mark: string): RegExp => new RegExp(`(?<![\\p{L}\\p{N}])${mark}(?:.*${mark}|.*$)`, 'su');
