import bidiFactory from 'bidi-js';
import { openSync, type Font } from 'fontkit';
import { boldFontFile, fontFiles } from './fonts';

/** A piece of a line that one font writes in one direction. */
interface Run {
  font: string;
  text: string;
  level: number;
}

export interface Place {
  x: number;
  y: number;
  size: number;
  bold?: boolean;
}

const base = 'font 0';
const bold = 'bold';
/** Joiners and selectors, which a font need not have to write what they stand in. */
const invisible = /[\u200b-\u200f\u2060\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/gu;
const rightToLeft = /[\p{Script=Arabic}\p{Script=Hebrew}]/u;
/** All of the whole line as it is: kerning and ligatures, and no piece of it remembered for ever. */
const options = { lineBreak: false, features: [] as PDFKit.Mixins.OpenTypeFeatures[] };

const bidi = bidiFactory();
const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

let opened: Font[] | undefined;
/** Which letters the fonts have; read once a process. */
const fonts = (): Font[] => (opened ??= fontFiles().map(file => openSync(file) as Font));

/** The first font that has every sign of a grapheme, by its number; undefined where none has. */
function fontOf(grapheme: string, preferred: number): number {
  const signs = [...grapheme.replace(invisible, '')].map(sign => sign.codePointAt(0)!);
  const has = (number: number): boolean => signs.every(sign => fonts()[number]!.hasGlyphForCodePoint(sign));
  if (preferred !== 0 && !/[A-Za-z0-9]/.test(grapheme) && has(preferred)) return preferred;
  const found = fonts().findIndex((_, number) => has(number));
  return Math.max(found, 0); // its sign for what there is no sign for
}

/** Writes texts of any script: each piece with a font that has its letters, in the order in which it is read. */
export class Lettering {
  private readonly widths = new Map<string, number>();

  constructor(private readonly doc: PDFKit.PDFDocument) {
    fontFiles().forEach((file, number) => doc.registerFont(`font ${number}`, file));
    doc.registerFont(bold, boldFontFile());
  }

  widthOf(text: string, size: number, isBold = false): number {
    return this.runsOf(text, isBold).reduce((sum, run) => sum + this.widthOfRun(run, size), 0);
  }

  /** Writes a line; `x` is its left end, `y` its top. */
  write(text: string, { x, y, size, bold: isBold = false }: Place): void {
    let at = x;
    for (const run of this.runsOf(text, isBold)) {
      this.doc.font(run.font, size).text(run.text, at, y, options);
      at += this.widthOfRun(run, size);
    }
  }

  /** The lines of a text in a column: broken between words, and within a word where it is wider than the column. */
  linesOf(text: string, { width, size }: { width: number; size: number }): string[] {
    const words = shortened(text.trim()).split(/\s+/);
    if (this.widthOf(words.join(' '), size) <= width) return [words.join(' ')];
    const lines: string[] = [];
    let line = '';
    for (const word of words) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (this.widthOf(longer, size) <= width) {
        line = longer;
        continue;
      }
      if (line !== '') lines.push(line);
      line = word;
      while (this.widthOf(line, size) > width) {
        const fits = this.startOf(line, { width, size });
        lines.push(fits);
        line = line.slice(fits.length);
      }
    }
    return [...lines, line];
  }

  /** As much of a word as fits; one grapheme at least. */
  private startOf(word: string, { width, size }: { width: number; size: number }): string {
    let fits = '';
    for (const { segment } of graphemes.segment(word)) {
      if (fits !== '' && this.widthOf(fits + segment, size) > width) break;
      fits += segment;
    }
    return fits;
  }

  /** What fits of a text, with an ellipsis where it does not fit as a whole. */
  cut(text: string, room: { width: number; size: number }): string {
    const [line, ...more] = this.linesOf(text, room);
    if (more.length === 0) return line!;
    return `${this.startOf(line!, { ...room, width: room.width - this.widthOf('…', room.size) })}…`;
  }

  private widthOfRun({ font, text }: Run, size: number): number {
    // Numbers and short words come again and again; long texts are not kept.
    const key = `${font} ${text}`;
    const known = this.widths.get(key);
    if (known !== undefined) return known * size;
    const width = this.doc.font(font, 1).widthOfString(text, options);
    if (text.length < 12 && this.widths.size < 5_000) this.widths.set(key, width);
    return width * size;
  }

  private runsOf(text: string, isBold: boolean): Run[] {
    if (isBold) return [{ font: bold, text, level: 0 }];
    if (/^[\x20-\x7e]*$/.test(text)) return [{ font: base, text, level: 0 }];
    const embedding = bidi.getEmbeddingLevels(text);
    const runs: Run[] = [];
    let number = 0;
    for (const { segment, index } of graphemes.segment(text)) {
      number = fontOf(segment, number);
      const font = `font ${number}`;
      const level = embedding.levels[index]!;
      const mirrored = level % 2 === 1 ? (bidi.getMirroredCharacter(segment) ?? segment) : segment;
      const last = runs.at(-1);
      if (last?.font === font && last.level === level) last.text += mirrored;
      else runs.push({ font, text: mirrored, level });
    }
    return inReadingOrder(runs.map(turned));
  }
}

/** Who calls a class by a page of text stops neither a process nor the page: so much of it is printed. */
const longestText = 600;
const shortened = (text: string): string =>
  text.length <= longestText ? text : `${[...text.slice(0, 2 * longestText)].slice(0, longestText).join('')}…`;

/** A font writes letters of a right-to-left script from the right by itself, and nothing else. */
const turned = (run: Run): Run =>
  run.level % 2 === 0 || rightToLeft.test(run.text)
    ? run
    : { ...run, text: [...graphemes.segment(run.text)].map(({ segment }) => segment).reverse().join('') };

/** Rule L2 of the Unicode Bidirectional Algorithm: from the highest level to the lowest odd one, turn round what is in it. */
function inReadingOrder(runs: Run[]): Run[] {
  const ordered = [...runs];
  const highest = Math.max(...runs.map(({ level }) => level), 0);
  for (let level = highest; level >= 1; level--) {
    for (let first = 0; first < ordered.length; first++) {
      if (ordered[first]!.level < level) continue;
      let end = first;
      while (end < ordered.length && ordered[end]!.level >= level) end++;
      ordered.splice(first, end - first, ...ordered.slice(first, end).reverse());
      first = end;
    }
  }
  return ordered;
}
