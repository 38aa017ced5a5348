import 'reflect-metadata';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '../cli/postgres';
import { migrate } from '../subgraphs/shared/database/migrate';
import { databaseUrl, testServerVariable, type TestServer } from './database';
import { findPgBouncer, startPgBouncer, type RunningPgBouncer } from './pgbouncer';
import { createDatabase, createOwner, createService, dropDatabase, dropOwner, selectDatabases } from './server.queries';

declare global {
  // The teardown runs in this process, but as a module of its own.
  var stopTestServer: (() => Promise<void>) | undefined;
}

/** Jest calls it once, before the first worker starts: those inherit the environment. */
export default async function start(): Promise<void> {
  const server = await findOrStart();
  try {
    await prepare(server);
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function prepare(server: { url: string; stop(): Promise<void> }): Promise<void> {
  const run = randomBytes(6).toString('hex');
  const owner = { name: `strata_owner_${run}`, password: randomBytes(12).toString('hex') };
  const template = `strata_template_${run}`;
  const service = { name: `strata_service_${run}`, password: randomBytes(12).toString('hex') };
  const ownerUrl = loginAt(server.url, owner);
  let pgbouncer: RunningPgBouncer | undefined;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-bundles-'));

  globalThis.stopTestServer = async () => {
    await pgbouncer?.stop();
    for (const database of await selectDatabases(server.url, template)) await dropDatabase(server.url, database);
    await dropOwner(server.url, service.name);
    await dropOwner(server.url, owner.name);
    await server.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  };
  await createOwner(server.url, owner);
  await createService(server.url, service);
  await createDatabase(server.url, { name: template, owner: owner.name });
  await migrate(databaseUrl(ownerUrl, template));
  const program = findPgBouncer();
  if (program) {
    const logins = { [owner.name]: owner.password, [service.name]: service.password };
    pgbouncer = await startPgBouncer({ program, server: server.url, logins });
  } else if (process.env.STRATA_TEST_PGBOUNCER === '1') {
    throw new Error('STRATA_TEST_PGBOUNCER=1 needs PgBouncer: apt-get install pgbouncer');
  }
  const known: TestServer = {
    ...{ adminUrl: server.url, ownerUrl, template, folder },
    ...(pgbouncer ? { pooled: poolOf(server.url, pgbouncer.port, { owner, service }) } : {}),
  };
  process.env[testServerVariable] = JSON.stringify(known);
}

interface Login {
  name: string;
  password: string;
}

function loginAt(url: string, { name, password }: Login, port?: number): string {
  const other = new URL(url);
  other.username = name;
  other.password = password;
  if (port !== undefined) [other.hostname, other.port] = ['127.0.0.1', String(port)];
  return other.href;
}

const poolOf = (url: string, port: number, { owner, service }: { owner: Login; service: Login }) => ({
  ownerUrl: loginAt(url, owner, port),
  serviceUrl: loginAt(url, service, port),
});

/** The embedded PostgreSQL in a temporary folder, or a server whose login may make databases and roles. */
async function findOrStart(): Promise<{ url: string; stop(): Promise<void> }> {
  const url = process.env.STRATA_TEST_DATABASE_URL;
  if (url) return { url, stop: async () => undefined };

  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-test-'));
  // As root the server runs as another, who must be able to pass.
  fs.chmodSync(dataDir, 0o755);
  const fast = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' };
  // There are many databases, each for a few seconds: counting all of their tables would take a good part of a processor.
  const settings = { ...fast, autovacuum_naptime: '1min' };
  const remove = () => fs.rmSync(dataDir, { recursive: true, force: true });
  const watch = watchOver(dataDir);
  try {
    const server = await startEmbeddedPostgres({ dataDir, settings });
    const stop = async () => {
      await server.stop();
      remove();
      watch.kill();
    };
    endWithUs(stop);
    return { url: server.url, stop };
  } catch (error) {
    remove();
    watch.kill();
    throw error;
  }
}

/** A process that ends the server once this one is gone, however it went. */
function watchOver(dataDir: string) {
  const script = path.join(__dirname, 'outlive-jest.js');
  const watch = spawn(process.execPath, [script, dataDir], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  watch.unref();
  (watch.stdin as unknown as { unref(): void }).unref();
  return watch;
}

/** Jest calls no teardown when it is interrupted, and the server does not end by itself. */
function endWithUs(stop: () => Promise<void>): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void stop().finally(() => process.kill(process.pid, signal)));
  }
}
