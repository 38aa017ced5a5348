import { Client } from 'pg';
import { applicationRole } from '../migrations/row-level-security';

/** Runs statements one after another on a connection of their own. */
async function run(url: string, statements: string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/**
 * An ordinary login, no superuser, that may step down to the application's role. That role belongs to the server, not
 * to a database: another run may have made it, and only who made it or a superuser can hand it on.
 */
export const createOwner = (url: string, owner: { name: string; password: string }): Promise<void> =>
  run(url, [
    `create role ${owner.name} login nosuperuser nobypassrls createrole password '${owner.password}'`,
    `do $$ begin
       create role ${applicationRole} nologin nosuperuser nobypassrls;
     exception when duplicate_object or unique_violation then null;
     end $$`,
    `grant ${applicationRole} to ${owner.name}`,
    // Making a database for somebody takes being one of them.
    `grant ${owner.name} to current_user`,
  ]);

/** The service's own login, as docs/operating.md makes it. */
export const createService = (url: string, service: { name: string; password: string }): Promise<void> =>
  run(url, [`create role ${service.name} login password '${service.password}' in role ${applicationRole}`]);

export const dropOwner = (url: string, name: string): Promise<void> => run(url, [`drop role if exists ${name}`]);

/** Who copies a database waits until nobody is connected to it any more: PostgreSQL for five seconds, and this for a minute. */
export async function createDatabase(
  url: string,
  { name, owner, template = 'template1' }: { name: string; owner: string; template?: string },
): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await run(url, [`create database ${name} owner ${owner} template ${template}`]);
    } catch (error) {
      const isInUse = (error as { code?: unknown }).code === '55006';
      if (!isInUse || tries === 12) throw error;
    }
  }
}

/** With the connections to it: a test that failed has not closed its own. */
export const dropDatabase = (url: string, name: string): Promise<void> =>
  run(url, [`drop database if exists ${name} with (force)`]);

/** Of two that come with the same name at the same time, one waits until the other is done. */
export async function oneAfterTheOther<T>(url: string, name: string, work: () => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock(hashtext($1))', [name]);
    return await work();
  } finally {
    await client.end(); // and with it the lock
  }
}

/** The databases whose names begin so. */
export async function selectDatabases(url: string, beginning: string): Promise<string[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      'select datname as name from pg_database where starts_with(datname, $1) order by 1',
      [beginning],
    );
    return rows.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

/** The transactions of a database that do nothing now, and yet keep what is gone since from being cleared away. */
export async function selectIdleMoments(url: string): Promise<string[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ query: string }>(
      `select pg_stat_activity.query from pg_stat_activity
       where pg_stat_activity.datname = current_database() and pg_stat_activity.state = 'idle in transaction'
         and pg_stat_activity.backend_xmin is not null`,
    );
    return rows.map(({ query }) => query);
  } finally {
    await client.end();
  }
}

export const renameDatabase = (url: string, { from, to }: { from: string; to: string }): Promise<void> =>
  run(url, [`alter database ${from} rename to ${to}`]);
