import { Client } from 'pg';
import { applicationRole, closeToOtherTenants } from '../../migrations/row-level-security';
import { createTestDatabase, type TestDatabase } from '../database';
import { selectWaysPastTenants } from './catalogue.queries';

const tenant = "(NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::integer";
const ofThePlatform = `using (${tenant} = 1) check (${tenant} = 1)`;

/** What all tenants share, and why it may be read; in the words of the catalogue. */
const shared: Record<string, string> = {
  'a policy is wider than the tenant: hierarchies, hierarchies_shared for r using true check -': 'reference data',
  [`a policy is wider than the tenant: hierarchies, hierarchies_kept_by_the_platform for * ${ofThePlatform}`]: 'written by the platform alone',
  'a policy is wider than the tenant: hierarchy_levels, hierarchy_levels_shared for r using true check -': 'reference data',
  [`a policy is wider than the tenant: hierarchy_levels, hierarchy_levels_kept_by_the_platform for * ${ofThePlatform}`]: 'written by the platform alone',
  [`a policy is wider than the tenant: tenants, tenants_own_row for r using ((id = ${tenant}) OR (${tenant} = 1)) check -`]:
    'each tenant its own row, the platform all',
  [`a policy is wider than the tenant: tenants, tenants_kept_by_the_platform for * ${ofThePlatform}`]: 'written by the platform alone',
  'a policy is wider than the tenant: heartbeat, heartbeat_shared for r using true check -': 'the time',
  'a policy is wider than the tenant: heartbeat, heartbeat_kept_by_the_owner for w using true check true': 'granted to nobody',
  'rows of a table without tenants: heartbeat': 'the time',
  'rows of a table without tenants: hierarchies': 'reference data',
  'rows of a table without tenants: hierarchy_levels': 'reference data',
  'rows of a table without tenants: tenants': 'the list itself, by the policies above',
};

let database: TestDatabase;
let client: Client;
beforeAll(async () => {
  database = await createTestDatabase();
  client = new Client({ connectionString: database.adminUrl });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const newWays = async (): Promise<string[]> => (await selectWaysPastTenants(client)).filter(way => !(way in shared));

test('by nothing in the catalogue could the application come to another tenant\'s rows', async () => {
  expect(await newWays()).toEqual([]);
});

test('what is listed as shared is there', async () => {
  expect(await selectWaysPastTenants(client)).toEqual(expect.arrayContaining(Object.keys(shared)));
});

const app = applicationRole;
const owned = 'create role a_role_above nologin';
const planted: [name: string, statements: string[], found: RegExp][] = [
  ['a superuser', [`alter role ${app} superuser`], /too much: superuser/],
  ['a role past row-level security', [`alter role ${app} bypassrls`], /too much: bypassrls/],
  ['a role that makes roles', [`alter role ${app} createrole`], /too much: createrole/],
  ['a membership', [owned, `grant a_role_above to ${app}`], /member of another: a_role_above/],
  ['a membership in a role that reads everything', [`grant pg_read_all_data to ${app}`], /member of another: pg_read_all_data/],
  ['ownership of a table', [`grant create on schema public to ${app}`, `alter table groups owner to ${app}`], /owns something: table groups/],
  ['a setting of the role', [`alter role ${app} set app.tenant_id = '2'`], /setting .*app.tenant_id=2/],
  ['a table that is open', ['alter table groups disable row level security'], /no row-level security: groups/],
  ['a table that is open to its owner', ['alter table groups no force row level security'], /no row-level security: groups/],
  ['a new table', [`create table diaries (tenant_id int, words text)`, `grant select on diaries to ${app}`], /no row-level security: diaries/],
  ['a new table of which one column is granted', [`create table diaries (words text)`, `grant select (words) on diaries to ${app}`], /no row-level security: diaries/],
  ['a new table of nobody\'s', [`create table diaries (words text)`, 'alter table diaries enable row level security', 'alter table diaries force row level security', `grant select on diaries to ${app}`], /table without tenants: diaries/],
  ['a policy for everybody', ['create policy open on people for select using (true)'], /wider than the tenant: people, open/],
  ['a policy of the list of tenants that is wider', ['alter policy tenants_own_row on tenants using (true)'], /wider than the tenant: tenants, tenants_own_row for r using true/],
  ['a policy for the role', [`create policy open on people for select to ${app} using (tenant_id > 0)`], /wider than the tenant: people, open/],
  ['a policy that lets any row in', ['create policy open on people for insert with check (true)'], /wider than the tenant: people, open/],
  ['a partition that is open', ['create table activity_events_of_today partition of activity_events for values from (\'2026-01-01\') to (\'2026-01-02\')'], /no row-level security: activity_events_of_today/],
  ['a partition that is granted', [`grant select on activity_events_other_days to ${app}`], /partition can be used by itself: activity_events_other_days/],
  ['a view', ['create view everybody as select * from people', `grant select on everybody to ${app}`], /view reads .*: everybody/],
  ['a materialised view', ['create materialized view everybody as select * from people', `grant select on everybody to ${app}`], /materialised view .*: everybody/],
  ['a view for the public', ['create view everybody as select * from people', 'grant select on everybody to public'], /view reads .*: everybody/],
  ['a function with its owner\'s rights', ['create function everybody() returns setof people language sql security definer begin atomic select * from people; end'], /function runs .*: everybody\(\)/],
  ['a function of the system', [`grant execute on function pg_read_file(text) to ${app}`], /function of the system .*pg_read_file/],
  ['a function of the system for everybody', ['grant execute on function pg_read_file(text) to public'], /function of the system .*pg_read_file/],
  ['a function of the server\'s own', ['create function everybody() returns int language internal as \'pg_backend_pid\''], /without bounds: everybody\(\)/],
  ['another server', ['create foreign data wrapper anywhere', 'create server elsewhere foreign data wrapper anywhere', `grant usage on foreign server elsewhere to ${app}`], /another server .*: elsewhere/],
  ['a large object', ['select lo_create(4242)', `grant select on large object 4242 to ${app}`], /large object .*: 4242/],
  ['large objects for whoever asks', ['set local lo_compat_privileges = on'], /large object .*: any of them/],
  ['large objects for the role', [`alter role ${app} set lo_compat_privileges = on`], /setting .*lo_compat_privileges=on/],
  ['a key over all tenants', ['create unique index login_anywhere on people (login)'], /key tells .*: login_anywhere/],
  ['a reference into any tenant', ['create unique index id_anywhere on groups (id)', 'alter table classes add column home int constraint home_anywhere references groups (id)'], /reference tells .*: home_anywhere on classes/],
  ['a sequence', [`grant usage on sequence people_id_seq to ${app}`], /sequence .*: people_id_seq/],
  ['the right to truncate', [`grant truncate on groups to ${app}`], /no policy limits: groups, truncate/],
  ['the right to refer to rows', [`grant references (id) on groups to ${app}`], /no policy limits: groups, references/],
  ['a default for tables', [`alter default privileges grant select on tables to ${app}`], /granted by default: r/],
  ['a default for everybody', ['alter default privileges in schema public grant usage on sequences to public'], /granted by default: S/],
  ['the right to make tables', [`grant create on schema public to ${app}`], /something can be made: in schema public/],
  ['a rule', ['create rule also as on insert to groups do also select 1'], /rule acts .*: also on groups/],
];

test.each(planted)('%s is found', async (_name, statements, found) => {
  await client.query('begin');
  try {
    for (const statement of statements) await client.query(statement);
    expect((await newWays()).join('\n')).toMatch(found);
  } finally {
    await client.query('rollback'); // roles belong to the server, which others use at the same time
  }
  expect(await newWays()).toEqual([]);
});

test('a view that reads with the caller\'s rights, and a table that is closed as ours are, are none', async () => {
  await client.query('begin');
  try {
    await client.query('create view own_people with (security_invoker = true) as select * from people');
    await client.query(`grant select on own_people to ${app}`);
    await client.query('create table diaries (tenant_id int not null, words text)');
    for (const statement of [...closeToOtherTenants('diaries'), `grant select on diaries to ${app}`]) await client.query(statement);
    expect(await newWays()).toEqual([]);
  } finally {
    await client.query('rollback');
  }
});
