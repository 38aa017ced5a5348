import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Environment } from '../../subgraphs/shared/environment';
import type { OpenDatabase } from './database';
import { progress } from './log';
import { findTenants, withConnection } from './people';

/** What is remembered of the demo beside the database. */
interface Marker {
  /** Which database it is in. */
  database: string;
  /** The day it was made for: completed later, it must be the same. */
  today: string;
  loaded: boolean;
}

/**
 * Loads the demo tenants on the first start. That it was done to the end is written down last: a start that was
 * stopped in the middle is completed by the next one, since loading the same bundle again adds what is missing.
 */
export async function loadDemo(
  environment: Environment,
  { database, now }: { database: OpenDatabase; now: Date },
): Promise<void> {
  const known = readMarker(environment);
  const before = known?.database === placeOf(database) && (await hasDemoTenant(database)) ? known : undefined;
  if (before?.loaded) return;

  const { writeDemoBundle } = await import('../generate/demo');
  const { loadFolder } = await import('./load-folder');
  progress(before ? 'Completing the demo tenants' : 'First start: making and loading the demo tenants');
  const today = before?.today ?? now.toISOString().slice(0, 10);
  rememberDemo(environment, { database, today, loaded: false });
  const dir = path.join(environment.dataDir, 'demo-bundle');
  rmSync(dir, { recursive: true, force: true });
  try {
    await writeDemoBundle({ out: dir, today });
    await loadFolder(database, { dir, now });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
  rememberDemo(environment, { database, today, loaded: true });
}

type Place = Pick<OpenDatabase, 'embedded' | 'ownerUrl'>;

/** Writes down how far a database has the demo. */
export function rememberDemo(
  { dataDir }: Pick<Environment, 'dataDir'>,
  { database, ...state }: Omit<Marker, 'database'> & { database: Place },
): void {
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(markerOf(dataDir), JSON.stringify({ database: placeOf(database), ...state }));
}

const markerOf = (dataDir: string): string => path.join(dataDir, 'demo.json');

const placeOf = ({ embedded, ownerUrl }: Place): string => (embedded ? 'embedded' : fingerprint(ownerUrl));

/** Tells databases apart without writing down how to reach them. */
const fingerprint = (url: string): string => {
  const { host, pathname } = new URL(url);
  return createHash('sha256').update(`${host}${pathname}`).digest('hex').slice(0, 16);
};

function readMarker({ dataDir }: Environment): Marker | undefined {
  try {
    return JSON.parse(readFileSync(markerOf(dataDir), 'utf8')) as Marker;
  } catch {
    return undefined; // none, or half of one: the demo is loaded again, which changes nothing where it is
  }
}

/** The database may have been emptied since. */
const hasDemoTenant = (database: OpenDatabase): Promise<boolean> =>
  withConnection(database, async connection =>
    (await findTenants(connection)).some(tenant => tenant.externalId === 'demo-india'),
  );
