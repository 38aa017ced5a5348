import fs from 'node:fs';
import { selectPermittedSchools } from '../../../hierarchy/published';
import type { Caller } from '../../../shared/access/caller';
import type { Database, Transaction } from '../../../shared/database/database';
import { arrivedImports } from './announce';
import { expiredBefore, readRetention } from '../../../shared/retention/retention';
import { checkFile, type Checked } from './check';
import {
  addSender,
  insertImport,
  lockContent,
  selectFailedImport,
  selectImport,
  selectSoundImport,
  selectUnfinished,
  updateChecked,
  type ImportRow,
  type Sender,
} from './import.queries';
import { readPayload, storePayload } from './payload';
import type { Upload } from './upload';

interface Receiving {
  database: Database;
  caller: Caller;
  now: Date;
}

const mostAtOnce = 100;

/** A super admin who acts in another tenant is no person of it. */
export const personOf = (caller: Caller): number | null => (caller.actsForPlatform ? null : caller.personId);

/** Whose imports a caller may follow: administrators all of their tenant, others those they have sent. */
export const senderOf = (caller: Caller): Sender => (caller.tenantWide ? null : caller.personId);

/** Files that were sent before this have expired; null where they never do. */
export const filesSince = async (tx: Transaction, now: Date): Promise<Date | null> =>
  expiredBefore(now, (await readRetention(tx)).importDays);

const statusOf = ({ sound }: Checked) => (sound ? 'ACCEPTED' : 'BAD_DATA');
const typeOf = ({ looksRight }: Checked): string => (looksRight ? 'text/csv' : 'application/octet-stream');

/**
 * Takes a file in: checks it, keeps it and, when it is sound, puts it in line. Content that is in line or processed
 * already is not taken twice: the answer is then that earlier import. Content that failed before is checked again.
 */
export async function receiveFile(upload: Upload, { database, caller, now }: Receiving): Promise<ImportRow> {
  const { tenantId } = caller;
  const { digest, bytes, name } = upload;
  const known = await database.transaction(tenantId, 'read', tx =>
    selectSoundImport(tx, { digest, sender: senderOf(caller) }),
  );
  if (known) return known;
  const checked = await checkFile(fs.createReadStream(upload.path), schoolsFor(database, caller));
  const creatorId = personOf(caller);
  return database.transaction(tenantId, 'write', async tx => {
    tx.keepVersion(); // what waits changes no answer of the graph
    await lockContent(tx, digest);
    const sound = checked.sound ? await selectSoundImport(tx, { digest, sender: null }) : undefined;
    if (sound) {
      await addSender(tx, sound.id, creatorId);
      return sound;
    }
    const result = { status: statusOf(checked), contentType: typeOf(checked), batch: name, ...told(checked) } as const;
    let id = await selectFailedImport(tx, { digest, creatorId, since: await filesSince(tx, now) });
    if (id === undefined) {
      id = await insertImport(tx, { ...result, digest, bytes, creator: caller.login, creatorId }, now);
      await storePayload(tx, id, upload.path);
    } else {
      await updateChecked(tx, { ...result, id }, now);
    }
    if (checked.sound) tx.afterCommit(() => arrivedImports.announce(tenantId));
    return there(tx, id);
  });
}

/** Checks again what has failed, under the caller's rights, and puts what is sound in line; sees to what is in line already. */
export async function resubmit({ database, caller, now }: Receiving): Promise<ImportRow[]> {
  const { tenantId } = caller;
  const unfinished = await database.transaction(tenantId, 'read', async tx =>
    selectUnfinished(tx, { sender: senderOf(caller), since: await filesSince(tx, now), first: mostAtOnce }),
  );
  const again: ImportRow[] = [];
  for (const row of unfinished) {
    again.push(row.status === 'BAD_DATA' ? await checkAgain(row, { database, caller, now }) : row);
  }
  arrivedImports.announce(tenantId);
  return again;
}

async function checkAgain({ id, digest }: ImportRow, { database, caller, now }: Receiving): Promise<ImportRow> {
  const { tenantId } = caller;
  const checked = await checkFile(readPayload(database, tenantId, id), schoolsFor(database, caller));
  return database.transaction(tenantId, 'write', async tx => {
    tx.keepVersion();
    await lockContent(tx, digest);
    // Where the same content has gone in meanwhile, nothing is left to be done.
    const sound = await selectSoundImport(tx, { digest, sender: null });
    if (!sound) {
      await updateChecked(tx, { id, status: statusOf(checked), contentType: typeOf(checked), batch: null, ...told(checked) }, now);
    }
    return there(tx, id);
  });
}

const told = ({ message, records }: Checked) => ({ message, records });

async function there(tx: Transaction, id: number): Promise<ImportRow> {
  return (await selectImport(tx, { id, sender: null }))!;
}

const schoolsFor = (database: Database, caller: Caller) => async (externalIds: string[]) => {
  const schools = await database.transaction(caller.tenantId, 'read', tx =>
    selectPermittedSchools(tx, caller, externalIds),
  );
  return new Set(schools.keys());
};
