import type { Transaction } from '../database/database';
import { spellings, type Eraser } from '../erased-words';

interface Row {
  recorded_at: string;
  id: string;
  details: Record<string, unknown>;
}

const rowsAtOnce = 1_000;

/** Takes out where people were when they did something, since a moment or ever. Returns how many rows had it. */
export async function eraseAddresses(
  tx: Transaction,
  { personIds, since }: { personIds: readonly number[]; since: Date | null },
): Promise<number> {
  const rows = await tx.query(
    `update audit_log set address = null, agent = null
     where audit_log.tenant_id = $1 and audit_log.person_id = any($2) and not audit_log.by_platform
       and (audit_log.address is not null or audit_log.agent is not null)
       and ($3::timestamptz is null or audit_log.recorded_at >= $3)
     returning 1`,
    [tx.tenantId, personIds, since],
  );
  return rows.length;
}

/**
 * Takes somebody out of the audit log, as its owner: where they were when they did something, the words that name them,
 * and the reasons that were given for what was done to them. That it was done, and when, stays.
 */
export async function eraseFromAudit(
  tx: Transaction,
  { personId, id, words, eraser }: { personId: number; id: string; words: readonly string[]; eraser: Eraser },
): Promise<number> {
  await eraseAddresses(tx, { personIds: [personId], since: null });
  let changed = 0;
  for (let after: [string, string] | null = null; ; ) {
    const rows: Row[] = await tx.query<Row>(
      `select audit_log.recorded_at::text as recorded_at, audit_log.id, audit_log.details
       from audit_log
       where audit_log.tenant_id = $1 and ($4::timestamptz is null or (audit_log.recorded_at, audit_log.id) > ($4, $5::uuid))
         and (audit_log.resource_id = $3 or exists (
           select from unnest($2::text[]) word(text) where position(lower(word.text) in lower(audit_log.details::text)) > 0))
       order by audit_log.recorded_at, audit_log.id limit $6`,
      [tx.tenantId, spellings(words), id, after?.[0] ?? null, after?.[1] ?? null, rowsAtOnce],
    );
    const erased = rows
      .map(row => ({ ...row, changed: without(row.details, eraser, JSON.stringify(row.details).includes(id)) }))
      .filter(row => JSON.stringify(row.changed) !== JSON.stringify(row.details));
    if (erased.length > 0) {
      await tx.query(
        `update audit_log set details = erased.details
         from jsonb_to_recordset($2::jsonb) erased(recorded_at timestamptz, id uuid, details jsonb)
         where audit_log.tenant_id = $1 and (audit_log.recorded_at, audit_log.id) = (erased.recorded_at, erased.id)`,
        [tx.tenantId, JSON.stringify(erased.map(({ changed: details, recorded_at, id: row }) => ({ recorded_at, id: row, details })))],
      );
    }
    changed += erased.length;
    const last = rows.at(-1);
    if (rows.length < rowsAtOnce || !last) return changed;
    after = [last.recorded_at, last.id];
  }
}

function without(details: Record<string, unknown>, eraser: Eraser, isOfPerson: boolean): unknown {
  const kept = isOfPerson ? Object.entries(details).filter(([name]) => !['reason', 'metadata'].includes(name)) : Object.entries(details);
  return eraser.json(Object.fromEntries(kept));
}
