import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { totalsFromCsv } from './oracle';
import { writeOuladBundle, type OuladSummary } from './write-bundle';
import {
  danglingReferences, ofType, readEvents, readHeader, readTable, repeated, totalsThrough,
} from './written-bundle';

const madeUp = path.join(__dirname, 'made-up');
const room = mkdtempSync(path.join(tmpdir(), 'oulad-'));
const out = path.join(room, 'bundle');
let summary: OuladSummary;

beforeAll(async () => {
  summary = await writeOuladBundle({ from: madeUp, out });
});
afterAll(() => rmSync(room, { recursive: true }));

const enrolment = (student: string) => readTable(out, 'enrolments.csv').find(row => row.user_id === student)!;
const event = (assessment: number, student: number) =>
  readEvents(out).find(({ eventId }) => eventId === `oulad-${assessment}-${student}`);

describe('the totals', () => {
  const oracle = totalsFromCsv(madeUp);

  test('of modules, presentations and classes are those of the CSV files', () => {
    const totals = totalsThrough(out, 'oulad-curriculum');
    expect(ofType(totals, 'country')).toEqual(new Map([['Open University', oracle.all]]));
    expect(ofType(totals, 'school_district')).toEqual(oracle.byModule);
    expect(ofType(totals, 'school')).toEqual(oracle.byPresentation);
    expect(ofType(totals, 'class')).toEqual(oracle.byClass);
  });

  test('of regions and nations are those of the CSV files', () => {
    const totals = totalsThrough(out, 'oulad-regions');
    expect(ofType(totals, 'district')).toEqual(oracle.byRegion);
    expect(ofType(totals, 'state')).toEqual(oracle.byNation);
    expect(ofType(totals, 'class')).toEqual(oracle.byClass);
  });

  test('leave out every row that the CSV files leave no score in', () => {
    const { read, skipped } = summary.files['studentAssessment.csv']!;
    expect(skipped.find(({ reason }) => reason === 'score is empty')?.count).toBe(oracle.withoutScore);
    expect(read - skipped.reduce((sum, { count }) => sum + count, 0)).toBe(oracle.all.attempts);
    expect(summary.written['activity.ndjson']).toBe(oracle.all.attempts);
    expect(oracle.all.attempts + oracle.withoutScore + oracle.unusable).toBe(read);
  });
});

test.each<[file: string, read: number, skipped: Record<string, number>, adjusted: Record<string, number>]>([
  ['courses.csv', 6, {
    'code_presentation is not a year followed by B (February) or J (October)': 1,
    'the same presentation stands further up': 1,
    'code_module is empty': 1,
  }, {}],
  ['assessments.csv', 13, {
    'the same id_assessment stands further up': 1,
    'the presentation is not among those of courses.csv': 1,
  }, {
    'date is no whole number of days: titled without a day': 1,
  }],
  ['studentInfo.csv', 37, {
    'the same student and presentation stand further up': 1,
    'the presentation is not among those of courses.csv': 1,
    'id_student is empty': 1,
    'the row has 4 values, the header 6 columns': 1,
  }, {
    'nothing in studentRegistration.csv: enrolled from the presentation\'s start': 2,
    'no nation is known for Avalon Region: in Regions under \'other\'': 1,
    'region is empty: in Regions under \'other\'': 1,
  }],
  ['studentRegistration.csv', 36, {
    'date_registration is no whole number of days': 1,
    'the presentation is not among those of courses.csv': 1,
    'the same student and presentation stand further up': 1,
    'id_student is empty': 1,
    'the student is not in studentInfo.csv for this presentation': 1,
  }, {
    'date_registration is empty: enrolled from the presentation\'s start': 3,
    'unregistered before the first day: enrolled for no day': 2,
  }],
  ['studentAssessment.csv', 82, {
    'score is empty': 2,
    'score is no number from 0 to 100': 3,
    'date_submitted is no whole number of days': 2,
    'the same student and assessment have a score further up': 1,
    'the student is not in studentInfo.csv for the assessment\'s presentation': 2,
    'id_assessment is not among those of assessments.csv': 1,
  }, {}],
])('every row of %s that is skipped or adjusted is counted with its reason', (file, read, skipped, adjusted) => {
  const counts = (list: { reason: string; count: number }[]) =>
    Object.fromEntries(list.map(({ reason, count }) => [reason, count]));
  const tally = summary.files[file]!;
  expect([tally.read, counts(tally.skipped), counts(tally.adjusted)]).toEqual([read, skipped, adjusted]);
});

test('everything a row refers to is there, and ids are unique', () => {
  expect(danglingReferences(out)).toEqual([]);
  expect(repeated(readTable(out, 'groups.csv'), ['type', 'group_id'])).toEqual([]);
  expect(repeated(readTable(out, 'classes.csv'), ['class_id'])).toEqual([]);
  expect(repeated(readTable(out, 'users.csv'), ['user_id'])).toEqual([]);
  expect(repeated(readTable(out, 'users.csv'), ['login'])).toEqual([]);
  expect(repeated(readTable(out, 'enrolments.csv'), ['class_id', 'user_id'])).toEqual([]);
  expect(repeated(readTable(out, 'competencies.csv'), ['competency'])).toEqual([]);
  expect(repeated(readTable(out, 'placements.csv'), ['hierarchy_id', 'child_type', 'child_id'])).toEqual([]);
  expect(new Set(readEvents(out).map(({ eventId }) => eventId)).size).toBe(readEvents(out).length);
});

test.each([
  ['tenants.csv', 'tenant_id,name,applicable_hierarchy_id,time_zone'],
  ['hierarchies.csv', 'hierarchy_id,name,description'],
  ['levels.csv', 'hierarchy_id,sequence,name,type,stored'],
  ['groups.csv', 'tenant_id,group_id,type,name,code'],
  ['classes.csv', 'tenant_id,class_id,name,code,grade,subject,school_id,active'],
  ['placements.csv', 'tenant_id,hierarchy_id,child_type,child_id,parent_type,parent_id'],
  ['users.csv', 'tenant_id,user_id,login,role,given_name,family_name'],
  ['enrolments.csv', 'tenant_id,class_id,user_id,type,status,enrolled_at,ended_at'],
  ['competencies.csv', 'tenant_id,framework,subject,grade,competency,title'],
])('%s has the columns of a bundle', (file, header) => {
  expect(readHeader(out, file)).toBe(header);
  expect(readTable(out, file)).toHaveLength(summary.written[file]!);
});

test('the tenant\'s own hierarchy is the curriculum', () => {
  expect(readTable(out, 'tenants.csv')).toEqual([{
    tenant_id: 'oulad', name: 'Open University',
    applicable_hierarchy_id: 'oulad-curriculum', time_zone: 'Europe/London',
  }]);
});

test('a student who moved is in the class of the region that each presentation says', () => {
  const classes = readTable(out, 'enrolments.csv').filter(row => row.user_id === '1001').map(row => row.class_id);
  expect(classes).toEqual(['MMM-2013J-London Region', 'NNN-2014J-Ireland']);
});

test('a region without a known nation is reported and left to \'other\', and so is an empty one', () => {
  expect(summary.regionsWithoutNation).toEqual(['Avalon Region']);
  const placed = readTable(out, 'placements.csv').filter(row => row.hierarchy_id === 'oulad-regions');
  expect(placed.filter(row => row.child_id === 'Avalon Region')).toEqual([]);
  expect(placed.find(row => row.child_id === 'NNN-2014J-Avalon Region')?.parent_id).toBe('Avalon Region');
  expect(readTable(out, 'classes.csv').map(row => row.class_id)).toContain('NNN-2014J-unknown');
  expect(placed.filter(row => row.child_id === 'NNN-2014J-unknown')).toEqual([]);
});

test.each([
  ['registered and stayed', '1011', ['ACTIVE', '2014-07-04T11:00:00.000Z', '']],
  ['registered on a day nobody knows', '1002', ['ACTIVE', '2014-10-01T11:00:00.000Z', '']],
  ['left, registered nobody knows when', '1008', ['WITHDRAWN', '2014-10-01T11:00:00.000Z', '2014-11-15T12:00:00.000Z']],
  ['left in the middle', '1006', ['WITHDRAWN', '2012-11-03T12:00:00.000Z', '2013-04-02T11:00:00.000Z']],
  ['left on the day of registration', '1005', ['WITHDRAWN', '2014-08-22T11:00:00.000Z', '2014-08-22T11:00:00.000Z']],
  ['left before registering', '1004', ['WITHDRAWN', '2013-08-02T11:00:00.000Z', '2013-08-02T11:00:00.000Z']],
  ['left before the start', '1003', ['WITHDRAWN', '2013-01-02T12:00:00.000Z', '2013-01-02T12:00:00.000Z']],
  ['is not among the registrations', '1010', ['ACTIVE', '2013-10-01T11:00:00.000Z', '']],
])('enrolment of a student who %s', (_who, student, expected) => {
  const { status, enrolled_at, ended_at } = enrolment(student);
  expect([status, enrolled_at, ended_at]).toEqual(expected);
});

test('a score of 40 completes the competency, one just below does not', () => {
  expect(event(101, 1003)).toMatchObject({ score: 40, status: 'COMPLETED' });
  expect(event(101, 1009)).toMatchObject({ score: 39.9999, status: 'IN_PROGRESS' });
});

test('a submission is an event at noon in London, summer and winter', () => {
  expect(event(111, 1001)).toEqual({
    tenant_id: 'oulad', eventId: 'oulad-111-1001', classId: 'MMM-2013J-London Region', userId: '1001',
    occurredAt: '2013-10-26T11:00:00.000Z', score: expect.any(Number), kind: 'ASSESSMENT', framework: 'OULAD',
    competency: '111', status: expect.stringMatching(/COMPLETED|IN_PROGRESS/),
  });
  expect(event(111, 1004)?.occurredAt).toBe('2013-10-27T12:00:00.000Z');
});

test('a banked result from before the start counts like the rest, and so does one after unregistering', () => {
  expect(event(111, 1010)).toMatchObject({ score: 72.5, occurredAt: '2013-09-30T11:00:00.000Z' });
  expect(event(102, 1006)?.occurredAt).toBe('2013-05-31T11:00:00.000Z');
});

test('of two scores of a student in an assessment the first counts', () => {
  const scores = readTable(madeUp, 'studentAssessment.csv')
    .filter(row => row.id_assessment === '111' && row.id_student === '1001')
    .map(row => Number(row.score));
  expect(scores).toHaveLength(2);
  expect(event(111, 1001)?.score).toBe(scores[0]);
  expect(scores[1]).not.toBe(scores[0]);
});

test('assessments are titled by kind in the order of their days', () => {
  const titles = readTable(out, 'competencies.csv').map(({ competency, grade, title }) => [competency, grade, title]);
  expect(titles).toEqual(expect.arrayContaining([
    ['111', 'MMM-2013J', 'TMA 1 (day 25)'],
    ['112', 'MMM-2013J', 'TMA 2 (day 180)'],
    ['113', 'MMM-2013J', 'Exam'],
    ['122', 'NNN-2014J', 'Exam 1'],
    ['123', 'NNN-2014J', 'Exam 2'],
    ['124', 'NNN-2014J', 'CMA 1'],
  ]));
});

test('everybody is a learner but one administrator', () => {
  const users = readTable(out, 'users.csv');
  expect(users.filter(row => row.role !== 'LEARNER')).toEqual([{
    tenant_id: 'oulad', user_id: 'oulad-admin', login: 'admin@oulad.example', role: 'ORG_ADMIN',
    given_name: '', family_name: '',
  }]);
});
