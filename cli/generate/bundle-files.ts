import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { BadInput } from '../../subgraphs/shared/bad-input';

/** A bundle's tables, each with its columns in the order in which rows are written here. */
const COLUMNS = {
  'tenants.csv': 'tenant_id,name,applicable_hierarchy_id,time_zone',
  'hierarchies.csv': 'hierarchy_id,name,description',
  'levels.csv': 'hierarchy_id,sequence,name,type,stored,provider_type,provider_level',
  'groups.csv': 'tenant_id,group_id,type,name,code',
  'classes.csv': 'tenant_id,class_id,name,code,grade,subject,school_id,active',
  'placements.csv': 'tenant_id,hierarchy_id,child_type,child_id,parent_type,parent_id',
  'users.csv': 'tenant_id,user_id,login,role,given_name,family_name',
  'grants.csv': 'tenant_id,user_id,group_type,group_id',
  'enrolments.csv': 'tenant_id,class_id,user_id,type,status,enrolled_at,ended_at',
  'competencies.csv': 'tenant_id,framework,subject,grade,competency,title',
  'country_school_mapping.csv': 'tenant_id,country_id,school_id',
} as const;
const ACTIVITY = 'activity.ndjson';

type Table = keyof typeof COLUMNS;

/** Text goes to the disk in pieces of this length: much longer ones only fill the memory. */
const PIECE = 65_536;

/** One file: lines are gathered, and written whenever `room` is awaited. */
class Lines {
  count = 0;
  private gathered: string;

  constructor(private readonly stream: WriteStream, header: string) {
    this.gathered = header;
    // Kept for the next `room` to throw: without a listener an error of the disk would end the process.
    stream.on('error', () => undefined);
  }

  add(line: string): void {
    this.gathered += `${line}\n`;
    this.count++;
  }

  get full(): boolean {
    return this.gathered.length >= PIECE;
  }

  get waiting(): number {
    return this.gathered.length + this.stream.writableLength;
  }

  async write(): Promise<void> {
    const piece = this.gathered;
    this.gathered = '';
    if (this.stream.errored) throw this.stream.errored;
    if (!this.stream.write(piece)) await once(this.stream, 'drain');
  }

  async end(): Promise<void> {
    await this.write();
    this.stream.end();
    await finished(this.stream);
  }

  async abandon(): Promise<void> {
    this.stream.destroy();
    await finished(this.stream).catch(() => undefined);
  }
}

/**
 * The files of a bundle in the making. They stand aside until all are complete. A file begins with its first row, and
 * one without rows is not there. Whoever adds rows awaits `room` now and then: nothing is held back longer than that.
 */
export class BundleFiles {
  /** The most text, in characters, that has waited for the disk at once. */
  mostWaiting = 0;
  private readonly files = new Map<string, Lines>();

  private constructor(
    private readonly out: string,
    private readonly aside: string,
    private readonly firstMade: string | undefined,
  ) {}

  /** The folder is made if it is missing; one that holds files is refused: they would be loaded along. */
  static async begin(out: string): Promise<BundleFiles> {
    try {
      const firstMade = await mkdir(out, { recursive: true });
      const found = await readdir(out);
      if (found.length > 0) throw new BadInput(`${out}: expected a new or an empty folder; it holds ${found[0]}`);
      return new BundleFiles(out, await mkdtemp(path.join(out, '.unfinished-')), firstMade);
    } catch (error) {
      if (error instanceof BadInput) throw error;
      throw new BadInput(`${out}: expected a folder that can be written to; ${(error as Error).message}`);
    }
  }

  row(table: Table, values: readonly string[]): void {
    this.file(table, `${COLUMNS[table]}\n`).add(values.map(quoted).join(','));
  }

  /** A line of activity, JSON already. */
  event(json: string): void {
    this.file(ACTIVITY, '').add(json);
  }

  /** Hands what was gathered to the disk, and waits when the disk is behind. */
  async room(): Promise<void> {
    let waiting = 0;
    for (const file of this.files.values()) waiting += file.waiting;
    this.mostWaiting = Math.max(this.mostWaiting, waiting);
    for (const file of this.files.values()) if (file.full) await file.write();
  }

  /** Puts the files in place. Rows by file. */
  async finish(): Promise<Record<string, number>> {
    await this.room();
    for (const file of this.files.values()) await file.end();
    for (const name of this.files.keys()) await rename(path.join(this.aside, name), path.join(this.out, name));
    await rm(this.aside, { recursive: true });
    return Object.fromEntries([...this.files].map(([name, { count }]) => [name, count]));
  }

  /** Leaves the disk as it was. */
  async abandon(): Promise<void> {
    for (const file of this.files.values()) await file.abandon();
    await rm(this.firstMade ?? this.aside, { recursive: true, force: true });
  }

  private file(name: string, header: string): Lines {
    let file = this.files.get(name);
    if (!file) this.files.set(name, file = new Lines(createWriteStream(path.join(this.aside, name)), header));
    return file;
  }
}

const quoted = (value: string): string => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

/** Fills a bundle; whatever goes wrong, no part of one is left behind. */
export async function bundle(
  out: string,
  fill: (files: BundleFiles) => Promise<void>,
): Promise<Record<string, number>> {
  const files = await BundleFiles.begin(out);
  try {
    await fill(files);
    return await files.finish();
  } catch (error) {
    await files.abandon();
    throw error;
  }
}
