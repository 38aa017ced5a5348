import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { totalsFromCsv } from './oracle';
import { writeOuladBundle, type OuladSummary } from './write-bundle';
import { danglingReferences, ofType, readEvents, readTable, totalsThrough } from './written-bundle';

const dataset = path.resolve(__dirname, '..', '..', '..', 'shared', 'data', 'oulad');
const isThere = existsSync(path.join(dataset, 'studentAssessment.csv'));
// Straight to stderr: of a file that is skipped as a whole jest shows neither the names nor the console.
if (!isThere) {
  process.stderr.write(`SKIPPED ${__filename}: expected the dataset's courses.csv and so on in ${dataset}\n`);
}

(isThere ? describe : describe.skip)('the real dataset', () => {
  let room: string;
  let out: string;
  let summary: OuladSummary;

  beforeAll(async () => {
    room = mkdtempSync(path.join(tmpdir(), 'oulad-'));
    out = path.join(room, 'bundle');
    summary = await writeOuladBundle({ from: dataset, out });
  });
  afterAll(() => rmSync(room, { recursive: true }));

  test('every node of both hierarchies has the totals of the CSV files, to the last attempt', () => {
    const oracle = totalsFromCsv(dataset);
    const curriculum = totalsThrough(out, 'oulad-curriculum');
    const regions = totalsThrough(out, 'oulad-regions');
    expect(ofType(curriculum, 'country')).toEqual(new Map([['Open University', oracle.all]]));
    expect(ofType(curriculum, 'school_district')).toEqual(oracle.byModule);
    expect(ofType(curriculum, 'school')).toEqual(oracle.byPresentation);
    expect(ofType(curriculum, 'class')).toEqual(oracle.byClass);
    expect(ofType(regions, 'country')).toEqual(new Map([['United Kingdom', oracle.all]]));
    expect(ofType(regions, 'state')).toEqual(oracle.byNation);
    expect(ofType(regions, 'district')).toEqual(oracle.byRegion);
    expect(oracle.byRegion.size).toBe(13);
    expect(oracle.unusable).toBe(0);
  });

  test('rows without a score are the only ones skipped', () => {
    const skipped = Object.entries(summary.files).flatMap(([file, tally]) =>
      tally.skipped.map(({ reason, count }) => [file, reason, count]));
    const { withoutScore, all } = totalsFromCsv(dataset);
    expect(skipped).toEqual([['studentAssessment.csv', 'score is empty', withoutScore]]);
    expect(summary.files['studentAssessment.csv']!.read).toBe(all.attempts + withoutScore);
    expect(summary.regionsWithoutNation).toEqual([]);
  });

  test('everybody of studentInfo.csv is enrolled once a presentation, and nobody ends before having begun', () => {
    const enrolments = readTable(out, 'enrolments.csv');
    expect(enrolments).toHaveLength(readTable(dataset, 'studentInfo.csv').length);
    expect(enrolments.filter(row => row.ended_at !== '' && row.ended_at! < row.enrolled_at!)).toEqual([]);
    expect(enrolments.filter(row => (row.status === 'WITHDRAWN') !== (row.ended_at !== ''))).toEqual([]);
  });

  test('everything a row refers to is there, and every event has an id of its own', () => {
    expect(danglingReferences(out)).toEqual([]);
    const ids = readEvents(out).map(({ eventId }) => eventId);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
