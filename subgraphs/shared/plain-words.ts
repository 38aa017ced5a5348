/**
 * A message without what stands in it between quotes: that may be what somebody has sent, a name above all. Words, codes
 * and places remain.
 */
export const withoutQuotes = (message: string): string => message.replace(/"[^"]*"?|(?<![\p{L}\p{N}])'[^']*'?|`[^`]*`?/gu, '…');
