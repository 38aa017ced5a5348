/**
 * What makes a spreadsheet program read a cell as a formula; the wide forms too, which some of them take for the same, and
 * spaces before it, which some of them leave out.
 */
export const beginsFormula = /^(?:[\t\r\n]|[\s\u200b]*[=+\-@＝＋－＠])/;
const guard = "'";

/**
 * A cell of CSV or XLSX as it may be written. Text that a spreadsheet program would run is made harmless by an apostrophe
 * before it, which says that it is text. Numbers are no text and stay what they are: pass them as numbers.
 */
export const guardedCell = <Cell extends string | number | boolean | Date | null>(cell: Cell): Cell =>
  typeof cell === 'string' && beginsFormula.test(cell) ? (`${guard}${cell}` as Cell) : cell;

/** What a guarded cell was, for files that come back as they went out. */
export const unguardedCell = (text: string): string =>
  text.startsWith(guard) && beginsFormula.test(text.slice(1)) ? text.slice(1) : text;
