import { createTestDatabase, type TestDatabase } from '../../../../test/database';
import type { LoadResult } from './load-bundle';
import { event, load, sample, sampleWith } from '../../../../test/sample-bundle';

/** A row, and what is said about it. */
type Case = [file: string, row: string, reason: string];

const aMoment =
  'a day such as 2026-03-14 or a moment with an offset such as 2026-03-14T09:26:53+05:30, from 1900 on';
const types = 'country, state, district, school_district, block, cluster, school';

/** Each refers to good rows at most, so all of them can come in one bundle. */
const cases: Case[] = [
  [
    'tenants.csv',
    'east,East,moon,UTC',
    "applicable_hierarchy_id: expected a known hierarchy (india, us, sap, short); 'moon' came",
  ],
  [
    'tenants.csv',
    'east,East,india,Mars/Olympus',
    "time_zone: expected an IANA time zone such as Asia/Kolkata; 'Mars/Olympus' came",
  ],
  [
    'tenants.csv',
    'east,East,india,+05:30',
    "time_zone: expected an IANA time zone such as Asia/Kolkata; '+05:30' came",
  ],
  ['tenants.csv', 'east,,india,UTC', 'name: expected a value; the field is empty'],
  ['tenants.csv', 'north,South,india,Asia/Kolkata', 'expected one row for each; line 2 says otherwise, and stands'],
  ['hierarchies.csv', 'empty,Empty,', "expected at least one level in levels.csv; none came for 'empty'"],
  ['hierarchies.csv', 'short,Tall,', 'expected one row for each; line 2 says otherwise, and stands'],
  [
    'levels.csv',
    'moon,1,Country,country,true,,',
    "hierarchy_id: expected a hierarchy of hierarchies.csv or a known one; 'moon' is neither",
  ],
  ['levels.csv', 'short,3,Town,town,true,,', `type: expected one of ${types}; 'town' came`],
  [
    'levels.csv',
    'short,3,Class,class,true,,',
    "type: expected a type of group; 'class' came, which is the last level of every hierarchy, unlisted",
  ],
  [
    'levels.csv',
    'short,2,Block,block,true,,',
    'sequence: expected each once in a hierarchy; 2 came in line 3 for school',
  ],
  [
    'levels.csv',
    'short,3,School,school,true,,',
    'type: expected each type once in a hierarchy; school came, and line 3 has it already',
  ],
  [
    'levels.csv',
    'sap,3,School,school,true,,',
    "type: expected each type once in a hierarchy; school came, and level 2 of 'sap' has it already",
  ],
  ['levels.csv', 'short,0,Block,block,true,,', "sequence: expected a whole number from 1; '0' came"],
  ['levels.csv', 'short,3,Block,block,maybe,,', "stored: expected true, false, 1, 0, yes or no; 'maybe' came"],
  [
    'groups.csv',
    'west,1,school,School,',
    "tenant_id: expected a tenant of tenants.csv or of an earlier load; there is no tenant 'west'",
  ],
  ['groups.csv', 'north,2,college,College,', `type: expected one of ${types}; 'college' came`],
  ['groups.csv', 'north,2,school, ,', 'name: expected a value; the field is empty'],
  ['groups.csv', 'north,2,school,Two', 'expected 5 fields, as in the header; 4 came'],
  ['groups.csv', 'north,2,school,Two,,more', 'expected 5 fields, as in the header; 6 came'],
  ['groups.csv', 'north,2,school,Tw\u0000o,', 'expected text; a NUL character came'],
  ['groups.csv', `north,${'2'.repeat(513)},school,Two,`, 'group_id: expected at most 512 characters; 513 came'],
  [
    'groups.csv',
    'north,1,school,Other,',
    'expected one row for each; line 6 says otherwise about name, code, and stands',
  ],
  [
    'users.csv',
    'north,u,u@north,HEAD,,',
    'role: expected one or more of LEARNER, TEACHER, OFFICER, ORG_ADMIN, SUPER_ADMIN, PARTNER, separated by |; '
      + "'HEAD' came",
  ],
  [
    'users.csv',
    'north,u,u@north,SUPER_ADMIN,,',
    "role: expected SUPER_ADMIN in the tenant 'platform' alone; it came in 'north'",
  ],
  ['users.csv', 'north,u,,LEARNER,,', 'login: expected a value; the field is empty'],
  [
    'users.csv',
    'north,u,TEACHER@north,LEARNER,,',
    "login: expected one that nobody else in this tenant has; 'TEACHER@north' is that of the user 't1'",
  ],
  [
    'users.csv',
    'north,l1,learner@north,TEACHER,"Ravi, jr.",',
    'expected one row for each; line 3 says otherwise about login, roles, given_name, family_name, and stands',
  ],
  ['classes.csv', 'north,c3,Class 3,,,,2,', "school_id: expected a school of this tenant; there is no '2'"],
  ['classes.csv', 'north,c3,Class 3,,,,,perhaps', "active: expected true, false, 1, 0, yes or no; 'perhaps' came"],
  ['placements.csv', 'north,moon,school,1,district,d1', "hierarchy_id: expected a known hierarchy; there is no 'moon'"],
  ['placements.csv', 'north,india,school,2,district,d1', "child_id: expected a school of this tenant; there is no '2'"],
  ['placements.csv', 'north,us,class,c1,school,2', "parent_id: expected a school of this tenant; there is no '2'"],
  [
    'placements.csv',
    'south,us,district,d1,,',
    "child_type: expected a level of the hierarchy 'us' (country, state, school_district, school, class); "
      + 'district came',
  ],
  [
    'placements.csv',
    'north,us,school,1,district,d1',
    "parent_type: expected a level of the hierarchy 'us' (country, state, school_district, school); district came",
  ],
  [
    'placements.csv',
    'north,us,school,1,class,c1',
    "parent_type: expected a type of group; 'class' came. Nothing can be placed under a class, and 'c1' is one",
  ],
  [
    'placements.csv',
    'north,us,class,c1,,',
    'parent_id: expected the group under which the class is placed; the field is empty',
  ],
  [
    'placements.csv',
    'north,us,school,1,,',
    "parent_id: expected a parent, since only a country is a root of the hierarchy 'us'; none came for the school '1'",
  ],
  [
    'placements.csv',
    'north,us,school,1,school,1',
    "parent_id: expected another group; the school '1' under itself would make a ring",
  ],
  [
    'placements.csv',
    'north,us,country,in,state,s1',
    'parent_type: expected a level above country (the order is country, state, school_district, school, class); '
      + 'state came',
  ],
  [
    'placements.csv',
    'north,india,country,in,district,d1',
    "parent_id: expected a parent above its child; the district 'd1' hangs below the country 'in', "
      + 'so this would make a ring',
  ],
  [
    'placements.csv',
    'north,india,school,1,country,in',
    "CONFLICT: expected one parent in a hierarchy; country 'in' came, "
      + "and line 4 of placements.csv places it under district 'd1'",
  ],
  ['country_school_mapping.csv', 'south,us,1', "parent_id: expected a country of this tenant; there is no 'us'"],
  ['country_school_mapping.csv', 'north,in,', 'school_id: expected a value; the field is empty'],
  ['grants.csv', 'north,nobody,district,d1', "user_id: expected a user of this tenant; there is no 'nobody'"],
  ['grants.csv', 'south,l1,state,s1', "group_id: expected a state of this tenant; there is no 's1'"],
  ['grants.csv', 'north,t1,class,c1', `group_type: expected one of ${types}; 'class' came`],
  [
    'enrolments.csv',
    'north,c9,l1,STUDENT,ACTIVE,2026-01-05,',
    "class_id: expected a class of this tenant; there is no 'c9'",
  ],
  [
    'enrolments.csv',
    'south,c1,t1,TEACHER,ACTIVE,2026-01-05,',
    "user_id: expected a user of this tenant; there is no 't1'",
  ],
  ['enrolments.csv', 'north,c1,l1,PUPIL,ACTIVE,2026-01-05,', "type: expected one of TEACHER, STUDENT; 'PUPIL' came"],
  [
    'enrolments.csv',
    'north,c1,l1,TEACHER,GONE,2026-01-05,',
    "status: expected one of ACTIVE, INACTIVE, WITHDRAWN; 'GONE' came",
  ],
  [
    'enrolments.csv',
    'north,c1,l1,TEACHER,ACTIVE,,',
    `enrolled_at: expected ${aMoment}; the field is empty`,
  ],
  [
    'enrolments.csv',
    'north,c1,l1,TEACHER,ACTIVE,2026-02-30,',
    `enrolled_at: expected ${aMoment}; '2026-02-30' came`,
  ],
  [
    'enrolments.csv',
    'north,c1,l1,TEACHER,ACTIVE,2026-01-05T09:00:00,',
    `enrolled_at: expected ${aMoment}; '2026-01-05T09:00:00' came`,
  ],
  [
    'enrolments.csv',
    'north,c1,l1,TEACHER,ACTIVE,2026-01-05,2026-01-06',
    "ended_at: expected an empty field, since an ACTIVE enrolment has not ended; '2026-01-06' came",
  ],
  [
    'enrolments.csv',
    'north,c1,l1,TEACHER,INACTIVE,2026-01-05,2026-01-04',
    'ended_at: expected no moment before enrolled_at (2026-01-05); 2026-01-04 came',
  ],
  ['competencies.csv', 'north,NCF,,,M3,', 'title: expected a value; the field is empty'],
  [
    'competencies.csv',
    'north,NCF,,,M2,Sums',
    'expected one row for each; line 3 says otherwise about subject, grade, title, and stands',
  ],
  ['activity.ndjson', '{"tenant_id":', `expected a JSON object; '{"tenant_id":' came`],
  ['activity.ndjson', '[]', "expected a JSON object; '[]' came"],
  ['activity.ndjson', '{"eventId":"e9"}', "tenant_id: expected a tenant's id as text; it is missing"],
  [
    'activity.ndjson',
    event('west', { eventId: 'e9' }),
    "tenant_id: expected a tenant that is known; there is no tenant 'west'",
  ],
  ['activity.ndjson', event('north', { eventId: 'e9', classId: 'c9', userId: 'l1' }), "There is no class 'c9'."],
  ['activity.ndjson', event('north', { eventId: 'e9', classId: 'c1', userId: 'l9' }), "There is no user 'l9'."],
  [
    'activity.ndjson',
    event('north', { eventId: 'e9', classId: 'c1', userId: 'l1', score: 101 }),
    'score must be a number of percent from 0 to 100, not 101.',
  ],
  ['activity.ndjson', event('north', { classId: 'c1', userId: 'l1', score: 1 }), 'eventId is missing.'],
  [
    'activity.ndjson',
    event('north', { eventId: 'e1', classId: 'c1', userId: 'l1', score: 81 }),
    'CONFLICT: An event with this id and other contents was accepted before; that one stands.',
  ],
];

describe('bad rows amid good ones', () => {
  let database: TestDatabase;
  let result: LoadResult;
  const rowsByFile: Record<string, string[]> = {};

  beforeAll(async () => {
    database = await createTestDatabase();
    for (const [file, row] of cases) (rowsByFile[file] ??= []).push(row);
    result = await load(database, sampleWith(rowsByFile));
  });
  afterAll(() => database.drop());

  test.each(cases.map(([file, row, reason]) => ({ file, row, reason })))('$file: $reason', ({ file, row, reason }) => {
    const line = sample()[file]!.split('\n').length + rowsByFile[file]!.indexOf(row);
    const told = result.problems.filter(problem => problem.file === file && problem.line === line);
    expect(told).toEqual([{ file, line, reason }]);
  });

  test('the good ones are loaded, and nothing else is rejected', async () => {
    const alone = await createTestDatabase();
    const good = await load(alone, sample());
    await alone.drop();
    expect(result.problems).toHaveLength(cases.length);
    for (const [file, counts] of Object.entries(good.files)) {
      expect({ file, ...result.files[file] }).toEqual({ file, ...counts, rejected: rowsByFile[file]?.length ?? 0 });
    }
  });
});
