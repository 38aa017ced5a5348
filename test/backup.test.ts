import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { applicationRole } from '../migrations/row-level-security';
import { connectApplication, connectOwner, createTenant } from './fixture';
import { findInstalled, startInstalled } from './installed-postgres';
import { startEmbeddedPostgres } from '../cli/postgres';
import { eventsOf, restlessTenant, RestlessTenant } from './restless-tenant';
import { strata } from './strata-command';

/** Two tenants with activity, partly stored and partly waiting. */
async function live(url: string): Promise<void> {
  const owner = await connectOwner(url);
  for (const key of ['acme', 'rival']) {
    const { number } = await createTenant(owner, restlessTenant(key));
    const tenant = await RestlessTenant.open(owner, number);
    await tenant.send(eventsOf(0, 200));
  }
  expect((await strata(['rebuild'], { DATABASE_URL: url })).exitCode).toBe(0);
  for (const { id } of await owner.transaction(1, 'read', tx => tx.query<{ id: number }>('select id from tenants where id > 1'))) {
    await (await RestlessTenant.open(owner, id)).send(eventsOf(200, 60));
  }
  await owner.close();
}

async function query<Row>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end();
  }
}

/** Who may do what to which table, and which rows: as the catalogue has it. */
const locks = (url: string) =>
  query(url, `
    select pg_class.relname, pg_class.relrowsecurity, pg_class.relforcerowsecurity, pg_class.relowner::regrole::text as owner,
      pg_class.relacl::text as grants,
      (select array_agg(pg_get_expr(polqual, polrelid) || ' / ' || coalesce(pg_get_expr(polwithcheck, polrelid), '') order by polname)
       from pg_policy where polrelid = pg_class.oid) as policies
    from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by relname`);

/** How many rows each table holds, past every policy: by a superuser. */
async function contents(url: string): Promise<Record<string, number>> {
  const tables = await query<{ name: string }>(url, `select relname as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1`);
  const counted: Record<string, number> = {};
  for (const { name } of tables) counted[name] = Number((await query<{ rows: string }>(url, `select count(*) as rows from ${name}`))[0]!.rows);
  return counted;
}

/** All is as it should be, and each tenant sees its own rows alone. */
async function expectWhole(url: string): Promise<void> {
  const verified = await strata(['verify', '--json'], { DATABASE_URL: url });
  expect([verified.exitCode, JSON.parse(verified.stdout.trim().split('\n').at(-1)!)]).toMatchObject([0, { differences: 0 }]);
  const checked = await strata(['validate-relationships', '--json'], { DATABASE_URL: url });
  expect([checked.exitCode, checked.stderr]).toEqual([0, expect.any(String)]);
  const service = await connectApplication(url);
  const seen = await service.transaction(2, 'read', tx => tx.query<{ tenant_id: number }>('select distinct tenant_id from class_days'));
  await service.close();
  expect(seen).toEqual([{ tenant_id: 2 }]);
}

const installed = findInstalled();
if (!installed) console.warn('NOT RUN: pg_dump and pg_restore, since no PostgreSQL with its tools is installed here.');

(installed ? test : test.skip)('what pg_dump takes from a server of one\'s own, pg_restore puts into a new one: sums, roles and row-level security', async () => {
  const from = await startInstalled(installed!);
  const to = await startInstalled(installed!);
  try {
    // As docs/operating.md has it: the roles first, since they are in no dump.
    for (const server of [from, to]) {
      for (const statement of [
        `create role ${applicationRole} nologin`,
        `create role strata_owner login`,
        `grant ${applicationRole} to strata_owner`,
        `create database strata owner strata_owner`,
      ]) await query(server.url('postgres'), statement);
    }
    expect((await strata(['migrate'], { DATABASE_URL: from.url('strata', 'strata_owner') })).exitCode).toBe(0);
    await live(from.url('strata', 'strata_owner'));
    const file = path.join(from.folder, 'strata.dump');
    from.run('pg_dump', '-Fc', '-f', file, 'strata');
    to.run('pg_restore', '--exit-on-error', '--no-comments', '-d', 'strata', file);

    const there = await contents(to.url('strata'));
    expect(there).toEqual(await contents(from.url('strata')));
    expect(there.event_ids).toBe(520);
    expect(await locks(to.url('strata'))).toEqual(await locks(from.url('strata')));
    await expectWhole(to.url('strata', 'strata_owner'));
    // The owner alone takes no dump: row-level security holds for it too, and pg_dump refuses to write half a table.
    expect(() => from.run('pg_dump', '-Fc', '-f', file, '-U', 'strata_owner', 'strata')).toThrow(/row-level security/);
  } finally {
    await from.stop();
    await to.stop();
  }
}, 240_000);

test('a copy of the stopped embedded database is the whole database', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'strata-copied-'));
  const [dataDir, copy] = [path.join(folder, 'data'), path.join(folder, 'copy')];
  try {
    const server = await startEmbeddedPostgres({ dataDir });
    expect((await strata(['migrate'], { STRATA_DATA_DIR: dataDir })).exitCode).toBe(0);
    await live(server.url);
    const before = await contents(server.url);
    await server.stop();
    cpSync(dataDir, copy, { recursive: true, preserveTimestamps: true });
    rmSync(dataDir, { recursive: true });
    const restored = await startEmbeddedPostgres({ dataDir: copy });
    try {
      expect(await contents(restored.url)).toEqual(before);
      await expectWhole(restored.url);
    } finally {
      await restored.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 240_000);
