import type { Transaction } from '../../shared/database/database';
import { patternOf } from '../../shared/erased-words';

/**
 * Event ids are the sender's own. Where one of a person's spells out the person, its digest takes its place, in raw
 * activity and with the statuses; known ids are digests already. The event sent again would name nobody who is there.
 */
export async function eraseFromEventIds(tx: Transaction, personId: number, words: readonly string[]): Promise<void> {
  const pattern = patternOf(words);
  const whole = new Set(words.map(word => word.toLowerCase()));
  const rows = await tx.query<{ id: string }>(
    `select activity_events.event_id as id from activity_events where activity_events.tenant_id = $1 and activity_events.person_id = $2
     union
     select competency_statuses.event_id from competency_statuses
     where competency_statuses.tenant_id = $1 and competency_statuses.person_id = $2`,
    [tx.tenantId, personId],
  );
  const telling = rows.map(({ id }) => id).filter(id => whole.has(id.toLowerCase()) || (pattern !== null && id.search(pattern) >= 0));
  if (telling.length === 0) return;
  const digest = `'erased-' || encode(sha256(convert_to(event_id, 'UTF8')), 'hex')`;
  for (const table of ['activity_events', 'competency_statuses']) {
    await tx.query(
      `update ${table} set event_id = ${digest}
       where ${table}.tenant_id = $1 and ${table}.person_id = $2 and ${table}.event_id = any($3)`,
      [tx.tenantId, personId, telling],
    );
  }
}
