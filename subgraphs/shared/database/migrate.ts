import { DataSource } from 'typeorm';
import { migrations } from '../../../migrations';

const migrationLock = 7_310_001;

const ownersConnection = (url: string): DataSource =>
  new DataSource({
    type: 'postgres',
    url,
    migrations,
    migrationsTableName: 'schema_migrations',
    poolSize: 2,
    synchronize: false,
    installExtensions: false,
    connectTimeoutMS: 5_000,
  });

async function underLock<T>(url: string, work: (source: DataSource) => Promise<T>): Promise<T> {
  const source = ownersConnection(url);
  await source.initialize();
  // Held by a session of its own: those who come at the same time wait, and then find nothing to do.
  const lock = source.createQueryRunner();
  try {
    await lock.query('select pg_advisory_lock($1)', [migrationLock]);
    return await work(source);
  } finally {
    await lock.query('select pg_advisory_unlock($1)', [migrationLock]).catch(() => undefined);
    await lock.release();
    await source.destroy();
  }
}

/** Brings the schema up to date; returns the names of the steps it took. Safe to run by several at once. */
export const migrate = (url: string): Promise<string[]> =>
  underLock(url, async source => (await source.runMigrations({ transaction: 'each' })).map(step => step.name));

/** Takes every step back: the way down is tested, and only tested. */
export const unmigrate = (url: string): Promise<void> =>
  underLock(url, async source => {
    for (let step = 0; step < migrations.length; step++) await source.undoLastMigration({ transaction: 'each' });
  });

/** The names of the steps still to be taken. */
export async function pendingMigrations(url: string): Promise<string[]> {
  const source = ownersConnection(url);
  await source.initialize();
  try {
    const [table] = await source.query("select to_regclass('schema_migrations') as name");
    const done: { name: string }[] = table.name ? await source.query('select name from schema_migrations') : [];
    const names = new Set(done.map(step => step.name));
    return migrations.map(step => step.name).filter(name => !names.has(name));
  } finally {
    await source.destroy();
  }
}
