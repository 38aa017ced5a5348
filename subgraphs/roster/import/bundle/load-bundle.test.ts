import { createTestDatabase, type TestDatabase } from '../../../../test/database';
import { publicId } from '../../../shared/identifiers';
import { event, lines, load, look, now, sample, sampleWith } from '../../../../test/sample-bundle';

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const allOf = (files: Record<string, { added: number; changed: number; unchanged: number; rejected: number }>) => {
  const sum = { added: 0, changed: 0, unchanged: 0, rejected: 0 };
  for (const counts of Object.values(files)) {
    for (const word of ['added', 'changed', 'unchanged', 'rejected'] as const) sum[word] += counts[word];
  }
  return sum;
};

const trees = (): Promise<unknown[]> =>
  look(
    database,
    `select tenants.external_id as tenant, hierarchies.key as hierarchy, groups.external_id as id, tree_nodes.depth,
       tree_nodes.classes, tree_nodes.active_classes as active
     from tree_nodes
     join tenants on tenants.id = tree_nodes.tenant_id
     join hierarchies on hierarchies.id = tree_nodes.hierarchy_id
     join groups on groups.tenant_id = tree_nodes.tenant_id and groups.id = tree_nodes.group_id
     order by tenant, hierarchy, tree_nodes.pre`,
  );

const versions = (): Promise<unknown[]> =>
  look(
    database,
    `select hierarchies.key, tenant_hierarchies.tenant_id, tenant_hierarchies.version, hierarchies.levels_version
     from tenant_hierarchies join hierarchies on hierarchies.id = tenant_hierarchies.hierarchy_id order by 1, 2`,
  );

test('every file is loaded, the rows of each tenant into that tenant', async () => {
  const { files, problems, tenants } = await load(database, sample());
  expect(problems).toEqual([]);
  expect(Object.fromEntries(Object.entries(files).map(([file, { added }]) => [file, added]))).toEqual({
    'tenants.csv': 2, 'hierarchies.csv': 1, 'levels.csv': 2, 'groups.csv': 6, 'users.csv': 3, 'classes.csv': 3,
    'placements.csv': 8, 'country_school_mapping.csv': 1, 'grants.csv': 1, 'enrolments.csv': 4, 'competencies.csv': 3,
    'activity.ndjson': 3,
  });
  expect(files['levels.csv']).toEqual({ added: 2, changed: 0, unchanged: 1, rejected: 0 });
  expect(tenants).toEqual([
    { id: publicId('tenant', 2), externalId: 'north', name: 'North' },
    { id: publicId('tenant', 3), externalId: 'south', name: 'South' },
  ]);
  expect(await look(database, 'select external_id, login, roles, given_name from people order by login')).toEqual([
    { external_id: 'l1', login: 'learner@north', roles: ['LEARNER'], given_name: 'Ravi, jr.' },
    { external_id: 'l1', login: 'learner@south', roles: ['LEARNER'], given_name: null },
    { external_id: 't1', login: 'teacher@north', roles: ['TEACHER', 'OFFICER'], given_name: 'Asha' },
  ]);
  expect(await look(database, `select stored, provider_type, provider_level from hierarchy_levels
    join hierarchies on hierarchies.id = hierarchy_id where key = 'short' order by sequence`)).toEqual([
    { stored: true, provider_type: 'federal_district', provider_level: 20 },
    { stored: false, provider_type: null, provider_level: null },
  ]);
  expect(await trees()).toEqual([
    { tenant: 'north', hierarchy: 'india', id: 'in', depth: 1, classes: 2, active: 1 },
    { tenant: 'north', hierarchy: 'india', id: 's1', depth: 2, classes: 2, active: 1 },
    { tenant: 'north', hierarchy: 'india', id: 'd1', depth: 3, classes: 2, active: 1 },
    { tenant: 'north', hierarchy: 'india', id: '1', depth: 4, classes: 2, active: 1 },
    { tenant: 'north', hierarchy: 'sap', id: 'in', depth: 1, classes: 0, active: 0 },
    { tenant: 'north', hierarchy: 'sap', id: '1', depth: 2, classes: 0, active: 0 },
    { tenant: 'south', hierarchy: 'short', id: 'd1', depth: 1, classes: 1, active: 1 },
    { tenant: 'south', hierarchy: 'short', id: '1', depth: 2, classes: 1, active: 1 },
  ]);
});

test('a day starts in the tenant\'s time zone, and what is not active ended on the day of the load', async () => {
  await load(database, sample());
  const rows = await look(database, `select classes.external_id as class, enrolments.type, enrolled_at, ended_at
    from enrolments join classes on classes.tenant_id = enrolments.tenant_id and classes.id = class_id
    order by enrolments.tenant_id, class, enrolments.type`);
  expect(rows).toEqual([
    { class: 'c1', type: 'STUDENT', enrolled_at: new Date('2026-01-05T03:30:00Z'), ended_at: null },
    { class: 'c1', type: 'TEACHER', enrolled_at: new Date('2025-12-31T18:30:00Z'), ended_at: null },
    { class: 'c2', type: 'STUDENT', enrolled_at: new Date('2026-01-04T18:30:00Z'), ended_at: now },
    {
      class: 'c1', type: 'STUDENT',
      enrolled_at: new Date('2026-01-05T05:00:00Z'), ended_at: new Date('2026-02-01T05:00:00Z'),
    },
  ]);
});

test('the same bundle again changes nothing, on another day too', async () => {
  const first = await load(database, sample());
  const everything = (): Promise<unknown[]> =>
    look(
      database,
      `select query_to_xml(format('select to_jsonb(kept)::text as row from %I kept order by 1', table_name), true, false, '')::text
       from information_schema.tables
       where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> 'tenant_versions'
       order by table_name`,
    );
  const before = await everything();
  expect(JSON.stringify(before)).toContain('North Goa');
  const again = await load(database, sample(), { now: new Date('2026-05-01T00:00:00Z') });
  const { added, unchanged } = allOf(first.files);
  expect(allOf(again.files)).toEqual({ added: 0, changed: 0, unchanged: added + unchanged, rejected: 0 });
  expect(again.tenants).toEqual(first.tenants);
  expect(await everything()).toEqual(before);
});

test('a row that says something else changes what it is about, and nothing else', async () => {
  await load(database, sample());
  const { files, problems } = await load(database, {
    'tenants.csv': lines('tenant_id,name,applicable_hierarchy_id,time_zone', 'north,North,india,Asia/Colombo'),
    'groups.csv': lines('tenant_id,group_id,type,name,code', 'north,in,country,Bharat,IN', 'north,s1,state,Goa,GA'),
    'users.csv': lines('tenant_id,user_id,login,role,given_name,family_name', 'north,l1,learner@north,LEARNER,Ravi,'),
    'classes.csv': lines(
      'tenant_id,class_id,name,code,grade,subject,school_id,active',
      'north,c2,Class 2,,5,Maths,1,YES',
    ),
    'enrolments.csv': lines(
      'tenant_id,class_id,user_id,type,status,enrolled_at',
      'north,c1,l1,STUDENT,WITHDRAWN,2026-01-05T09:00:00+05:30',
      'north,c2,l1,STUDENT,ACTIVE,2026-01-05',
    ),
    'competencies.csv': lines('tenant_id,framework,subject,grade,competency,title', 'north,NCF,Maths,5,M1,Adds'),
  });
  expect(problems).toEqual([]);
  expect(files['groups.csv']).toEqual({ added: 0, changed: 1, unchanged: 1, rejected: 0 });
  expect(files['enrolments.csv']).toEqual({ added: 0, changed: 2, unchanged: 0, rejected: 0 });
  for (const file of ['tenants.csv', 'users.csv', 'classes.csv', 'competencies.csv']) {
    expect(files[file]!.changed).toBe(1);
  }
  expect(await look(database, 'select version, time_zone from tenant_settings where tenant_id = 2')).toEqual([
    { version: 2, time_zone: 'Asia/Colombo' },
  ]);
  const india = { tenant: 'north', hierarchy: 'india', id: 'in', depth: 1, classes: 2, active: 2 };
  expect(await trees()).toContainEqual(india);
  expect(await look(database, 'select count(*)::int as groups from groups')).toEqual([{ groups: 6 }]);
});

test('another parent is a move: the tree follows, and its version grows once', async () => {
  await load(database, sample());
  const before = await versions();
  expect(before).toEqual([
    { key: 'india', tenant_id: 2, version: 1, levels_version: 1 },
    { key: 'sap', tenant_id: 2, version: 1, levels_version: 1 },
    { key: 'short', tenant_id: 3, version: 1, levels_version: 1 },
  ]);
  const { files } = await load(database, {
    'groups.csv': lines('tenant_id,group_id,type,name,code', 'north,s2,state,Kerala,'),
    'placements.csv': lines(
      'tenant_id,hierarchy_id,child_type,child_id,parent_type,parent_id',
      'north,india,district,d1,state,s2',
      'north,india,state,s2,country,in',
      'north,india,class,c2,district,d1',
    ),
  });
  expect(files['placements.csv']).toEqual({ added: 1, changed: 2, unchanged: 0, rejected: 0 });
  expect(await versions()).toEqual([{ key: 'india', tenant_id: 2, version: 2, levels_version: 1 }, ...before.slice(1)]);
  expect(await trees()).toEqual(expect.arrayContaining([
    { tenant: 'north', hierarchy: 'india', id: 's1', depth: 2, classes: 0, active: 0 },
    { tenant: 'north', hierarchy: 'india', id: 's2', depth: 2, classes: 2, active: 1 },
    { tenant: 'north', hierarchy: 'india', id: '1', depth: 4, classes: 1, active: 1 },
  ]));
});

test('levels that change order make the trees of all tenants anew', async () => {
  await load(database, sample());
  const { files } = await load(database, {
    'levels.csv': lines(
      'hierarchy_id,sequence,name,type,stored',
      'short,1,School,school,true',
      'short,2,District,district,true',
    ),
  });
  expect(files['levels.csv']).toEqual({ added: 0, changed: 2, unchanged: 0, rejected: 0 });
  expect(await versions()).toContainEqual({ key: 'short', tenant_id: 3, version: 1, levels_version: 2 });
  const root = { tenant: 'south', hierarchy: 'short', id: '1', depth: 1, classes: 1, active: 1 };
  expect(await trees()).toContainEqual(root);
  expect(await trees()).not.toContainEqual(expect.objectContaining({ tenant: 'south', id: 'd1' }));
});

test('a byte order mark, CRLF, other columns in another order and blank lines are fine', async () => {
  const { files, problems } = await load(database, {
    'tenants.csv': '\uFEFFtime_zone,remark,applicable_hierarchy_id,name,tenant_id\r\n\r\n'
      + 'asia/kolkata,"two\r\nlines",india,North,north\r\nUTC,,us, South ,south\r\n,,,,\r\n',
  });
  expect(problems).toEqual([]);
  expect(files['tenants.csv']!.added).toBe(2);
  const found = await look(database, `select name, time_zone from tenants join tenant_settings on tenant_id = id
    where id > 1 order by id`);
  expect(found).toEqual([{ name: 'North', time_zone: 'Asia/Kolkata' }, { name: 'South', time_zone: 'UTC' }]);
});

test('a row that is there twice counts once', async () => {
  const { files, problems } = await load(database, sampleWith({
    'tenants.csv': ['north,North,india,Asia/Kolkata'],
    'hierarchies.csv': ['short,Short,District and school'],
    'levels.csv': ['short,2,School,school,false,,'],
    'groups.csv': ['north,in,country,India,IN'],
    'placements.csv': ['north,india,class,c1,school,1', 'north,sap,school,1,country,in'],
    'classes.csv': ['north,c1,Class 1,,5,Maths,1,1'],
    'users.csv': ['north,t1,teacher@north,OFFICER|TEACHER,Asha,Naik'],
    'enrolments.csv': ['north,c1,t1,TEACHER,ACTIVE,2026-01-01,'],
    'activity.ndjson': [event('north', { eventId: 'e1', classId: 'c1', userId: 'l1', score: 80 })],
  }));
  expect(problems).toEqual([]);
  for (const file of ['tenants', 'hierarchies', 'groups', 'classes', 'users', 'enrolments']) {
    expect(files[`${file}.csv`]).toMatchObject({ unchanged: 1, changed: 0 });
  }
  // The school's place in SAP counts for placements.csv, and not a second time for the mapping.
  expect(files['placements.csv']).toEqual({ added: 9, changed: 0, unchanged: 1, rejected: 0 });
  expect(files['country_school_mapping.csv']).toEqual({ added: 0, changed: 0, unchanged: 1, rejected: 0 });
  expect(files['activity.ndjson']).toEqual({ added: 3, changed: 0, unchanged: 1, rejected: 0 });
});

test('two people may exchange their logins', async () => {
  await load(database, sample());
  const { files, problems } = await load(database, {
    'users.csv': lines(
      'tenant_id,user_id,login,role,given_name,family_name',
      'north,t1,Learner@north,TEACHER|OFFICER,Asha,Naik',
      'north,l1,teacher@north,LEARNER,"Ravi, jr.",',
    ),
  });
  expect(problems).toEqual([]);
  expect(files['users.csv']!.changed).toBe(2);
  expect(await look(database, 'select external_id, login from people where tenant_id = 2 order by 1')).toEqual([
    { external_id: 'l1', login: 'teacher@north' }, { external_id: 't1', login: 'Learner@north' },
  ]);
});

test('an enrolment without a day of its end keeps the one it has', async () => {
  await load(database, sample());
  const header = 'tenant_id,class_id,user_id,type,status,enrolled_at,ended_at';
  const later = new Date('2026-06-01T00:00:00Z');
  const end = async (row: string): Promise<unknown> => {
    const { problems } = await load(database, { 'enrolments.csv': lines(header, row) }, { now: later });
    expect(problems).toEqual([]);
    const [found] = await look(database, `select status, ended_at from enrolments where tenant_id = 3`);
    return found;
  };
  const before = new Date('2026-02-01T05:00:00Z');
  expect(await end('south,c1,l1,STUDENT,WITHDRAWN,2026-01-05,')).toEqual({ status: 'WITHDRAWN', ended_at: before });
  expect(await end('south,c1,l1,STUDENT,ACTIVE,2026-01-05,')).toEqual({ status: 'ACTIVE', ended_at: null });
  expect(await end('south,c1,l1,STUDENT,WITHDRAWN,2026-01-05,')).toEqual({ status: 'WITHDRAWN', ended_at: later });
  // On the day on which it began: an enrolment of no day.
  expect(await end('south,c1,l1,STUDENT,WITHDRAWN,2026-01-05T10:00:00-05:00,2026-01-05'))
    .toEqual({ status: 'WITHDRAWN', ended_at: new Date('2026-01-05T15:00:00Z') });
});

test('a super admin is loaded into the platform, whose row may be in the file', async () => {
  const { files, problems, tenants } = await load(database, {
    'tenants.csv': lines('tenant_id,name,applicable_hierarchy_id,time_zone', 'platform,Platform,india,UTC'),
    'users.csv': lines(
      'tenant_id,user_id,login,role,given_name,family_name',
      'platform,root,root@platform,SUPER_ADMIN,,',
    ),
  });
  expect(problems).toEqual([]);
  expect(files['tenants.csv']).toEqual({ added: 0, changed: 0, unchanged: 1, rejected: 0 });
  expect(tenants).toEqual([{ id: publicId('tenant', 1), externalId: 'platform', name: 'Platform' }]);
  const people = await look(database, 'select tenant_id, roles from people');
  expect(people).toEqual([{ tenant_id: 1, roles: ['SUPER_ADMIN'] }]);
});
