import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BadInput } from '../../subgraphs/shared/bad-input';
import type { Environment } from '../../subgraphs/shared/environment';
import type { ReplicaSettings } from '../../subgraphs/shared/database/replica';
import { isUnavailable } from '../../subgraphs/shared/errors';
import { migrate, pendingMigrations } from '../../subgraphs/shared/database/migrate';
import { hasEmbeddedPostgres, startEmbeddedPostgres } from '../postgres';
import { progress } from './log';

export interface OpenDatabase {
  /** The owner's connection: migrations, partitions, loading. */
  ownerUrl: string;
  /** The service's. */
  appUrl: string;
  /** Whether the service's login must step down to the application's role in each transaction. */
  stepDown: boolean;
  embedded: boolean;
  /** Whether the service's connections prepare statements; they do when omitted. */
  prepares?: boolean;
  /** A streaming replica that answers reads. */
  replica?: ReplicaSettings;
  /** Stops the embedded server when nobody else uses it. */
  close(): Promise<void>;
}

export class DatabaseNotReachable extends Error {
  override readonly name = 'DatabaseNotReachable';
}

/** The database of the settings, or the embedded one: started when none runs on this data folder. */
export async function openDatabase(
  environment: Environment,
  { log }: { log?: (line: string) => void } = {},
): Promise<OpenDatabase> {
  const { databaseUrl, appDatabaseUrl, dataDir, replica, preparedStatements: prepares } = environment;
  if (databaseUrl) {
    return {
      ownerUrl: databaseUrl,
      appUrl: appDatabaseUrl ?? databaseUrl,
      stepDown: appDatabaseUrl === undefined,
      embedded: false,
      prepares,
      ...(replica ? { replica } : {}),
      close: async () => undefined,
    };
  }
  const server = await startEmbeddedPostgres({ dataDir, ...(log ? { log } : {}) });
  const url = server.url;
  return { ownerUrl: url, appUrl: url, stepDown: true, embedded: true, prepares, close: () => server.stop() };
}

/** Waits for a database that is still starting, then takes the steps that its schema lacks; returns their names. */
export const migrateDatabase = (database: OpenDatabase): Promise<string[]> =>
  whenReachable(database, () => migrate(database.ownerUrl));

/** Waits until the database answers. */
export const waitForDatabase = (database: OpenDatabase): Promise<string[]> =>
  whenReachable(database, () => pendingMigrations(database.ownerUrl));

const patience = 30_000;
const pause = 1_000;

async function whenReachable<T>({ ownerUrl }: OpenDatabase, work: () => Promise<T>): Promise<T> {
  const giveUpAt = Date.now() + patience;
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const refused = refusal(error);
      const passing = isPassing(error);
      if (!refused && !passing) throw error;
      if (refused || Date.now() + pause > giveUpAt) {
        throw new DatabaseNotReachable(`The database at ${placeOf(ownerUrl)} cannot be used: ${reasonOf(error)}`);
      }
      if (attempt === 1) progress(`Waiting for the database at ${placeOf(ownerUrl)}: ${reasonOf(error)}`);
      await sleep(pause);
    }
  }
}

const codeOf = (error: unknown): string => String((error as { code?: unknown }).code ?? '');

const isPassing = (error: unknown): boolean =>
  isUnavailable(error) || ['EAI_AGAIN', 'EHOSTUNREACH'].includes(codeOf(error));

/** Wrong password or role, no such database, no right to make what the schema needs: waiting mends none of them. */
const refusal = (error: unknown): boolean => /^(28|3D|42501)/.test(codeOf(error));

/** A failed connection to several addresses has its reasons inside, and no message. */
function reasonOf(error: unknown): string {
  const { message, errors } = error as { message?: string; errors?: Error[] };
  return message || errors?.map(inner => inner.message).join(', ') || codeOf(error);
}

/** Without the password. */
function placeOf(url: string): string {
  const { hostname, port, pathname } = new URL(url);
  return `${hostname}:${port || 5432}${pathname}`;
}

/**
 * Runs a command's work with the database of the running service, migrated; one started for it is stopped again. Where
 * there is none yet, only who `begins` with data gets one: in a wrong folder all others would find an empty database sound.
 */
export async function withDatabase<T>(
  environment: Environment,
  work: (database: OpenDatabase) => Promise<T>,
  { begins = false }: { begins?: boolean } = {},
): Promise<T> {
  const { databaseUrl, dataDir } = environment;
  if (!databaseUrl && !begins && !hasEmbeddedPostgres(dataDir)) {
    throw new BadInput(
      `There is no database in ${path.resolve(dataDir)}. Run this where npm start ran, set STRATA_DATA_DIR to the data ` +
        'folder of the service, or DATABASE_URL to its database; npm start and strata load begin a new one.',
    );
  }
  const database = await openDatabase(environment);
  try {
    await migrateDatabase(database);
    return await work(database);
  } finally {
    await database.close();
  }
}
