import { createReadStream } from 'node:fs';
import path from 'node:path';
import { CsvError, parse } from 'csv-parse';
import { BadInput } from '../../subgraphs/shared/bad-input';

/** The files of the dataset that are read, and the columns needed of each; others may stand beside them. */
const COLUMNS = {
  'courses.csv': ['code_module', 'code_presentation'],
  'assessments.csv': ['code_module', 'code_presentation', 'id_assessment', 'assessment_type', 'date'],
  'studentInfo.csv': ['code_module', 'code_presentation', 'id_student', 'region'],
  'studentRegistration.csv': [
    'code_module', 'code_presentation', 'id_student', 'date_registration', 'date_unregistration',
  ],
  'studentAssessment.csv': ['id_assessment', 'id_student', 'date_submitted', 'score'],
} as const;

export type SourceFile = keyof typeof COLUMNS;
export type SourceRow<F extends SourceFile> = Record<(typeof COLUMNS)[F][number], string>;

export interface Count { reason: string; count: number }
/** `read` counts data rows, those skipped included; `adjusted` rows were taken, after a rule was applied to them. */
export interface FileTally { read: number; skipped: Count[]; adjusted: Count[] }

/** Keeps account of one file: no row leaves without a reason. */
export class Tally {
  private read = 0;
  private readonly skipped = new Map<string, number>();
  private readonly adjusted = new Map<string, number>();

  count(): void {
    this.read += 1;
  }

  skip(reason: string): void {
    this.skipped.set(reason, (this.skipped.get(reason) ?? 0) + 1);
  }

  adjust(reason: string): void {
    this.adjusted.set(reason, (this.adjusted.get(reason) ?? 0) + 1);
  }

  result(): FileTally {
    const list = (counts: Map<string, number>): Count[] => [...counts].map(([reason, count]) => ({ reason, count }));
    return { read: this.read, skipped: list(this.skipped), adjusted: list(this.adjusted) };
  }
}

/** A folder with the dataset's CSV files, checked before anything is made of them. */
export class OuladSource {
  private readonly tallies = new Map<SourceFile, Tally>();

  private constructor(private readonly folder: string) {}

  /** Throws BadInput with everything that is missing, not the first of it alone. */
  static async open(folder: string): Promise<OuladSource> {
    const source = new OuladSource(folder);
    const problems: string[] = [];
    for (const file of Object.keys(COLUMNS) as SourceFile[]) {
      try {
        problems.push(...(await source.missingColumns(file)));
      } catch (error) {
        if (!(error instanceof BadInput)) throw error;
        problems.push(error.message);
      }
    }
    if (problems.length > 0) {
      throw new BadInput(`${folder} is not a folder of the Open University Learning Analytics Dataset:\n`
        + problems.map(problem => `  ${problem}`).join('\n'));
    }
    return source;
  }

  tally(file: SourceFile): Tally {
    const tally = this.tallies.get(file) ?? new Tally();
    this.tallies.set(file, tally);
    return tally;
  }

  tallied(): Record<string, FileTally> {
    return Object.fromEntries([...this.tallies].map(([file, tally]) => [file, tally.result()]));
  }

  /** The rows of a file, one at a time and counted; `?`, which some editions write for what is missing, becomes ''. */
  async *rows<F extends SourceFile>(file: F): AsyncGenerator<SourceRow<F>> {
    const tally = this.tally(file);
    let header: string[] | undefined;
    let at: [string, number][] = [];
    for await (const record of this.records(file)) {
      if (!header) {
        header = record;
        at = COLUMNS[file].map(column => [column, record.indexOf(column)]);
        continue;
      }
      tally.count();
      if (record.length !== header.length) {
        tally.skip(`the row has ${record.length} values, the header ${header.length} columns`);
        continue;
      }
      yield Object.fromEntries(at.map(([column, index]) => [column, known(record[index])])) as SourceRow<F>;
    }
  }

  private async missingColumns(file: SourceFile): Promise<string[]> {
    for await (const header of this.records(file)) {
      const missing = COLUMNS[file].filter(column => !header.includes(column));
      return missing.length === 0 ? [] : [
        `${file}: expected the columns ${COLUMNS[file].join(', ')}; came ${header.join(', ')};`
          + ` missing ${missing.join(', ')}`,
      ];
    }
    return [`${file}: expected a header with the columns ${COLUMNS[file].join(', ')}; the file is empty`];
  }

  private async *records(file: SourceFile): AsyncGenerator<string[]> {
    const input = createReadStream(path.join(this.folder, file));
    const parser = parse({ bom: true, trim: true, skip_empty_lines: true, relax_column_count: true });
    input.on('error', error => parser.destroy(error));
    try {
      yield* input.pipe(parser);
    } catch (error) {
      throw unreadable(file, error);
    } finally {
      input.destroy();
    }
  }
}

const known = (value: string | undefined): string => (value === undefined || value === '?' ? '' : value);

function unreadable(file: SourceFile, error: unknown): unknown {
  if (error instanceof CsvError) return new BadInput(`${file}: expected a CSV file; ${error.message}`);
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return new BadInput(`${file}: expected the file; there is none`);
  return code ? new BadInput(`${file}: expected a file that can be read; came ${code}`) : error;
}
