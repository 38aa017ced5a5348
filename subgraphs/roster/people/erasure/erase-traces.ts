import { eraseFromEventIds } from '../../../reporting/published';
import { eraseAddresses, eraseFromAudit } from '../../../shared/audit/erase-audit.queries';
import type { Database, Transaction } from '../../../shared/database/database';
import { leads } from '../../../shared/database/led-task.queries';
import { Eraser } from '../../../shared/erased-words';
import { publicId } from '../../../shared/identifiers';
import { holdAcceptanceOff } from '../../../shared/retention/retention.queries';
import { finishErasure, selectErasedSince, selectUnfinishedErasures, type Erasure } from './erase-person.queries';
import { deletePieces, eraseFromImports, eraseFromLog, selectKeptFiles, selectPieces } from './traces.queries';

export interface TracesParts {
  tenantId: number;
  now: Date;
  /** Whether to wait while another process is at it; otherwise it is left to that one. */
  waits?: boolean;
}

/**
 * Finds what still names people who were erased in a tenant, as the tables' owner: logs, imported files, ids of events.
 * Returns how many erasures it has finished.
 */
export async function eraseTraces(owner: Database, { tenantId, now, waits = false }: TracesParts): Promise<number> {
  const before = await owner.transaction(tenantId, 'read', selectUnfinishedErasures);
  if (before.length === 0) return 0;
  await waitForAcceptance(owner, tenantId);
  return owner.transaction(tenantId, 'write', async tx => {
    const mine = await leads(tx, 'erase', { waits });
    // Of whom nobody has waited yet, the next time.
    const known = new Set(before.map(({ personId }) => personId));
    const erasures = mine ? (await selectUnfinishedErasures(tx)).filter(({ personId }) => known.has(personId)) : [];
    if (erasures.length === 0) tx.keepVersion();
    for (const erasure of erasures) await eraseTracesOf(tx, erasure, now);
    return erasures.length;
  });
}

/**
 * Activity that was being accepted while somebody was erased still knew them, and leaves ids of events behind. Whoever is
 * erased by now is found by no batch that begins after this; what a search finds after it is all there will be.
 */
const waitForAcceptance = (owner: Database, tenantId: number): Promise<void> =>
  owner.transaction(tenantId, 'write', async tx => {
    tx.keepVersion();
    await holdAcceptanceOff(tx);
  });

/** No request goes on for longer. */
const longestRequest = 24 * 3_600_000;

/**
 * Requests of people's own that had begun before they were erased may have ended after their traces were found: where
 * they came from goes afterwards.
 */
export async function eraseLateTraces(owner: Database, { tenantId, now }: { tenantId: number; now: Date }): Promise<void> {
  const since = new Date(now.getTime() - longestRequest);
  const personIds = await owner.transaction(tenantId, 'read', tx => selectErasedSince(tx, since));
  if (personIds.length === 0) return;
  await owner.transaction(tenantId, 'write', async tx => {
    if ((await eraseAddresses(tx, { personIds, since })) === 0) tx.keepVersion();
  });
}

async function eraseTracesOf(tx: Transaction, { personId, words }: Erasure, now: Date): Promise<void> {
  const eraser = new Eraser(words);
  await eraseFromAudit(tx, { personId, id: publicId('person', personId), words, eraser });
  await eraseFromLog(tx, { personId, words, eraser });
  await eraseFromImports(tx, words, eraser);
  for (const importId of await selectKeptFiles(tx)) {
    if (hasCell(Buffer.concat(await selectPieces(tx, importId)), words)) await deletePieces(tx, importId);
  }
  await eraseFromEventIds(tx, personId, words);
  await finishErasure(tx, personId, now);
}

/** Whether one of the words is a cell of a file. What holds commas or quotes itself stands there in quotes. */
function hasCell(bytes: Buffer, words: readonly string[]): boolean {
  const wanted = new Set(words.map(word => word.toLowerCase()));
  const text = bytes.toString('utf8');
  const small = text.toLowerCase();
  const quoted = [...wanted].filter(word => /[,"\r\n]/.test(word)).map(word => word.replaceAll('"', '""'));
  if (quoted.some(word => small.includes(`"${word}"`))) return true;
  return text
    .split(/[,\r\n]/)
    .some(cell => wanted.has(cell.replace(/^[\s"\ufeff]+|[\s"]+$/g, '').replaceAll('""', '"').toLowerCase()));
}
