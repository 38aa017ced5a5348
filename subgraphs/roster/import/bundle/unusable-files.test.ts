import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { createTestDatabase, type TestDatabase } from '../../../../test/database';
import { BadInput } from '../../../shared/bad-input';
import { loadBundle } from './load-bundle';
import { lines, load, look, now, sample, type Bundle } from '../../../../test/sample-bundle';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const without = (file: string): Bundle => {
  const { [file]: _, ...rest } = sample();
  return rest;
};

const table: [what: string, bundle: Bundle, message: string][] = [
  [
    'a missing column',
    { ...sample(), 'groups.csv': lines('tenant_id,group_id,kind,name,code', 'north,1,school,One,') },
    "groups.csv: expected the columns tenant_id, group_id, type, name, code; 'type' is missing "
      + '(found: tenant_id, group_id, kind, name, code)',
  ],
  [
    'a column that is there twice',
    { ...sample(), 'groups.csv': lines('tenant_id,group_id,type,name,name,code') },
    "groups.csv: expected the column 'name' once; it came several times (tenant_id, group_id, type, name, name, code)",
  ],
  [
    'an empty file',
    { ...sample(), 'grants.csv': '' },
    'grants.csv: expected a header with the columns tenant_id, user_id, group_type, group_id; the file is empty',
  ],
  [
    'a file in another encoding',
    { ...sample(), 'grants.csv': Buffer.from(sample()['grants.csv']!, 'utf16le') },
    'grants.csv: expected UTF-8; the header is in another encoding, or of another kind of file',
  ],
  [
    'a quote that is never closed',
    { ...sample(), 'enrolments.csv': `${sample()['enrolments.csv']}north,"c1,l1,STUDENT,ACTIVE,2026-01-05,\n` },
    'enrolments.csv: expected CSV; a quoted field near line 6 is not closed, or longer than 1,000,000 characters',
  ],
  [
    'a gzip file that is broken off',
    { ...without('activity.ndjson'), 'activity.ndjson.gz': gzipSync(sample()['activity.ndjson']!).subarray(0, 60) },
    'activity.ndjson.gz: expected a file that can be read to its end; unexpected end of file',
  ],
  [
    'a file that is no gzip',
    { ...without('activity.ndjson'), 'activity.ndjson.gz': sample()['activity.ndjson']! },
    'activity.ndjson.gz: expected a file that can be read to its end; incorrect header check',
  ],
  [
    'activity that came twice',
    { ...sample(), 'activity.ndjson.gz': gzipSync('') },
    'expected activity.ndjson or activity.ndjson.gz; both came',
  ],
  [
    'a folder without a bundle',
    { 'notes.txt': 'nothing to load' },
    'expected a bundle with at least one of tenants.csv, hierarchies.csv, levels.csv, groups.csv, users.csv, '
      + 'classes.csv, placements.csv, country_school_mapping.csv, grants.csv, enrolments.csv, competencies.csv, '
      + 'activity.ndjson, activity.ndjson.gz; it holds notes.txt',
  ],
];

test.each(table)('%s stops the load before anything is written', async (_what, bundle, message) => {
  const stopped = load(database, bundle);
  await expect(stopped).rejects.toThrow(BadInput);
  await expect(stopped).rejects.toThrow(message);
  expect(await look(database, 'select external_id from tenants')).toEqual([{ external_id: 'platform' }]);
});

test('a folder that is not there, or a file that is a folder, stops the load', async () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-bundle-'));
  const from = (place: string) => loadBundle({ databaseUrl: database.directUrl, dir: place, now });
  try {
    const nowhere = from(path.join(dir, 'nowhere'));
    await expect(nowhere).rejects.toThrow(/nowhere: expected a folder that can be read; ENOENT/);
    fs.mkdirSync(path.join(dir, 'groups.csv'));
    await expect(from(dir)).rejects.toThrow(/^groups\.csv: expected a file that can be read; EISDIR/);
    fs.rmdirSync(path.join(dir, 'groups.csv'));
    fs.mkdirSync(path.join(dir, 'activity.ndjson'));
    await expect(from(dir)).rejects.toThrow(/^activity\.ndjson: expected a file that can be read to its end; EISDIR/);
  } finally {
    fs.rmSync(dir, { recursive: true });
  }
});
