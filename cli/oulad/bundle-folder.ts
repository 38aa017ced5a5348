import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import { BadInput } from '../../subgraphs/shared/bad-input';

const COLUMNS = {
  'tenants.csv': ['tenant_id', 'name', 'applicable_hierarchy_id', 'time_zone'],
  'hierarchies.csv': ['hierarchy_id', 'name', 'description'],
  'levels.csv': ['hierarchy_id', 'sequence', 'name', 'type', 'stored'],
  'groups.csv': ['tenant_id', 'group_id', 'type', 'name', 'code'],
  'classes.csv': ['tenant_id', 'class_id', 'name', 'code', 'grade', 'subject', 'school_id', 'active'],
  'placements.csv': ['tenant_id', 'hierarchy_id', 'child_type', 'child_id', 'parent_type', 'parent_id'],
  'users.csv': ['tenant_id', 'user_id', 'login', 'role', 'given_name', 'family_name'],
  'enrolments.csv': ['tenant_id', 'class_id', 'user_id', 'type', 'status', 'enrolled_at', 'ended_at'],
  'competencies.csv': ['tenant_id', 'framework', 'subject', 'grade', 'competency', 'title'],
} as const;

export type BundleFile = keyof typeof COLUMNS;
export type BundleRow<F extends BundleFile> = Record<(typeof COLUMNS)[F][number], string>;

/** A bundle in the making: written aside within its folder, and put in place only when all of it is there. */
export class BundleFolder {
  private readonly written: Record<string, number> = {};

  private constructor(
    private readonly out: string,
    private readonly aside: string,
    private readonly firstMade: string | undefined,
  ) {}

  /** The folder is made if it is missing; one that holds files is refused: they would be loaded along. */
  static async begin(out: string): Promise<BundleFolder> {
    try {
      const firstMade = await mkdir(out, { recursive: true });
      const found = await readdir(out);
      if (found.length > 0) throw new BadInput(`${out}: expected an empty folder; it holds ${found[0]}`);
      return new BundleFolder(out, await mkdtemp(path.join(out, '.unfinished-')), firstMade);
    } catch (error) {
      if (error instanceof BadInput) throw error;
      throw new BadInput(`${out}: expected a folder that can be written to; ${(error as Error).message}`);
    }
  }

  async table<F extends BundleFile>(file: F, rows: Iterable<BundleRow<F>>): Promise<void> {
    const csv = stringify({ header: true, columns: [...COLUMNS[file]] });
    await pipeline(this.counted(file, rows), csv, createWriteStream(path.join(this.aside, file)));
  }

  /** One JSON object a line; the stream waits for the disk, so that the rows never pile up in memory. */
  async lines(file: 'activity.ndjson', objects: AsyncIterable<object>): Promise<void> {
    const toText = async function* (source: AsyncIterable<object>) {
      for await (const object of source) yield `${JSON.stringify(object)}\n`;
    };
    await pipeline(this.counted(file, objects), toText, createWriteStream(path.join(this.aside, file)));
  }

  /** Rows by file. */
  async finish(): Promise<Record<string, number>> {
    for (const file of await readdir(this.aside)) await rename(path.join(this.aside, file), path.join(this.out, file));
    await rm(this.aside, { recursive: true });
    return this.written;
  }

  async abandon(): Promise<void> {
    await rm(this.firstMade ?? this.aside, { recursive: true, force: true });
  }

  private counted<T>(file: string, rows: Iterable<T> | AsyncIterable<T>): Readable {
    const { written } = this;
    written[file] = 0;
    return Readable.from((async function* () {
      for await (const row of rows) {
        written[file] = (written[file] ?? 0) + 1;
        yield row;
      }
    })());
  }
}
