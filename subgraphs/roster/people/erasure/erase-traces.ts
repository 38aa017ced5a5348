import { eraseFromEventIds } from '../../../reporting/published';
import { eraseFromAudit } from '../../../shared/audit/erase-audit.queries';
import type { Transaction } from '../../../shared/database/database';
import { Eraser } from '../../../shared/erased-words';
import { publicId } from '../../../shared/identifiers';
import { finishErasure, selectUnfinishedErasures, type Erasure } from './erase-person.queries';
import { deletePieces, eraseFromImports, eraseFromLog, selectKeptFiles, selectPieces } from './traces.queries';

/**
 * Finds what still names people who were erased in the transaction's tenant, as the tables' owner: logs, imported files,
 * ids of events. Returns how many erasures it has finished.
 */
export async function eraseTraces(tx: Transaction, now: Date): Promise<number> {
  const erasures = await selectUnfinishedErasures(tx);
  if (erasures.length === 0) tx.keepVersion();
  for (const erasure of erasures) await eraseTracesOf(tx, erasure, now);
  return erasures.length;
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
