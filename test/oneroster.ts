import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ZipFile } from 'yazl';
import { importBundle, type ImportResult } from '../subgraphs/roster/import/oneroster';
import { connectApplication } from './fixture';
import type { TestDatabase } from './database';

/** For tests only: a OneRoster bundle as text, by file. */
export type OneRoster = Record<string, string | Buffer>;

export type Version = '1.1' | '1.2';
export type Modes = Record<string, 'bulk' | 'delta'>;

/** A manifest that names the mode of each file. */
export const manifest = (version: Version, modes: Modes): string =>
  csv(
    'propertyName,value',
    'manifest.version,1.0',
    `oneroster.version,${version}`,
    ...Object.entries(modes).map(([file, mode]) => `file.${file},${mode}`),
  );

export const csv = (...rows: string[]): string => rows.map(row => `${row}\r\n`).join('');

/** A bundle of these files with all of them in one mode. */
export function bundleOf(files: OneRoster, { version = '1.1', mode = 'bulk' }: {
  version?: Version;
  mode?: 'bulk' | 'delta';
} = {}): OneRoster {
  const modes = Object.fromEntries(Object.keys(files).map(file => [file.replace('.csv', ''), mode]));
  return { 'manifest.csv': manifest(version, modes), ...files };
}

/** A district of two schools in a state, with a department in between, three classes, a teacher and three students. */
export const sampleFiles = (): Record<string, string> => ({
  'orgs.csv': csv(
    'sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId',
    'us,,,United States,national,US,',
    'ca,,,California,state,CA,us',
    'lausd,,,Los Angeles,local,,ca',
    'south,,,South Office,department,,lausd',
    's1,,,First School,school,001,south',
    's2,,,Second School,school,,lausd',
  ),
  'academicSessions.csv': csv(
    'sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear',
    'y26,,,2025-26,schoolYear,2025-08-15,2026-06-15,,2026',
    't1,,,Spring,term,2026-01-10,2026-06-15,y26,2026',
  ),
  'courses.csv': csv(
    'sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes',
    'm5,,,y26,Maths 5,,"05,06",lausd,Maths,',
  ),
  'classes.csv': csv(
    'sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,'
      + 'termSourcedIds,subjects,subjectCodes,periods',
    'c1,,,Maths 5A,,m5,5A,scheduled,,s1,t1,,,',
    'c2,,,Art,07,m5,,scheduled,,s2,t1,Art,,',
    'c3,,,District Choir,,m5,,scheduled,,lausd,,Music,,',
  ),
  'users.csv': csv(
    'sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName',
    'tina,,,true,s1,teacher,tina@la,,Tina,Ng',
    'ann,,,true,"s1,s2",student,ann@la,,Ann,Lee',
    'bob,,,true,s1,student,bob@la,,Bob,Roy',
    'cid,,,true,s2,student,cid@la,,Cid,Sy',
    'eve,,,true,lausd,administrator,eve@la,,Eve,Ash',
    'pat,,,true,s1,parent,pat@la,,Pat,Lee',
  ),
  'enrollments.csv': csv(
    'sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate',
    'e1,,,c1,s1,tina,teacher,true,2026-01-10,',
    'e2,,,c1,s1,ann,student,,2026-01-12,',
    'e3,,,c1,s1,bob,student,,,',
    'e4,,,c2,s2,ann,student,,2026-01-12,',
    'e5,,,c2,s2,cid,student,,2026-01-12,2026-03-01',
  ),
});

/** Writes a bundle into a folder, for as long as `work` takes. */
export async function inFolder<T>(bundle: OneRoster, work: (dir: string) => Promise<T>): Promise<T> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-oneroster-'));
  try {
    for (const [file, contents] of Object.entries(bundle)) {
      fs.mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
      fs.writeFileSync(path.join(dir, file), contents);
    }
    return await work(dir);
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
}

/** The bundle as a zip file. */
export async function zipOf(bundle: OneRoster, { folder = '' }: { folder?: string } = {}): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [file, contents] of Object.entries(bundle)) zip.addBuffer(Buffer.from(contents), `${folder}${file}`);
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Imports a bundle as the service does, under the application's role. */
export async function importInto(
  { url }: TestDatabase,
  { bundle, tenant, now }: { bundle: OneRoster; tenant: { number: number; key: string }; now: Date },
): Promise<ImportResult> {
  const database = await connectApplication(url);
  try {
    const { number, key: externalId } = tenant;
    return await inFolder(bundle, dir => importBundle(database, { dir, tenant: { number, externalId }, now }));
  } finally {
    await database.close();
  }
}
