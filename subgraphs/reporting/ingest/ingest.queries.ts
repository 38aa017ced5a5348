import type { Transaction } from '../../shared/database/database';
import type { SoundEvent } from './event';

/** Whether events name classes and people by the customer's ids or by the graph's. */
export type IdKind = 'external' | 'public';

export interface References {
  classes: Map<string, number>;
  people: Map<string, number>;
}

/** The numbers behind the customer's ids of classes and people; what does not exist in the tenant is missing. */
export async function selectByExternalId(tx: Transaction, ids: { classes: string[]; people: string[] }): Promise<References> {
  const rows = await tx.query<{ kind: string; id: string; number: number }>(
    `select 'class' as kind, classes.external_id as id, classes.id as number
     from classes where classes.tenant_id = $1 and classes.external_id = any($2)
     union all
     select 'person', people.external_id, people.id
     from people where people.tenant_id = $1 and people.external_id = any($3) and people.deleted_at is null`,
    [tx.tenantId, ids.classes, ids.people],
  );
  return asReferences(rows);
}

/** Those of these numbers that stand for classes and people of the tenant. */
export async function selectByNumber(tx: Transaction, ids: { classes: number[]; people: number[] }) {
  const rows = await tx.query<{ kind: string; id: number; number: number }>(
    `select 'class' as kind, classes.id, classes.id as number
     from classes where classes.tenant_id = $1 and classes.id = any($2)
     union all
     select 'person', people.id, people.id
     from people where people.tenant_id = $1 and people.id = any($3) and people.deleted_at is null`,
    [tx.tenantId, ids.classes, ids.people],
  );
  return asReferences(rows);
}

function asReferences<Id>(rows: { kind: string; id: Id; number: number }[]) {
  const of = (kind: string) => new Map(rows.filter(row => row.kind === kind).map(row => [row.id, row.number]));
  return { classes: of('class'), people: of('person') };
}

type WithContext = Pick<SoundEvent, 'subject' | 'contentSource' | 'framework'>;

/** No text of these is empty or has a NUL. */
export const contextKeyOf = ({ subject, contentSource, framework }: WithContext): string =>
  `${subject ?? ''}\u0000${contentSource ?? ''}\u0000${framework ?? ''}`;

function contextColumns(events: readonly WithContext[]): (string | null)[][] {
  const distinct = [...new Map(events.map(event => [contextKeyOf(event), event])).values()];
  return [
    distinct.map(event => event.subject),
    distinct.map(event => event.contentSource),
    distinct.map(event => event.framework),
  ];
}

/** The numbers of the events' contexts (subject, content source, framework), by their keys; of those that are there. */
export async function selectContexts(tx: Transaction, events: readonly WithContext[]): Promise<Map<string, number>> {
  const rows = await tx.query<WithContext & { id: number }>(
    `select activity_contexts.id, activity_contexts.subject, activity_contexts.content_source as "contentSource",
       activity_contexts.framework
     from unnest($2::text[], $3::text[], $4::text[]) wanted(subject, content_source, framework)
     join activity_contexts on activity_contexts.tenant_id = $1
       and activity_contexts.subject is not distinct from wanted.subject
       and activity_contexts.content_source is not distinct from wanted.content_source
       and activity_contexts.framework is not distinct from wanted.framework`,
    [tx.tenantId, ...contextColumns(events)],
  );
  return new Map(rows.map(row => [contextKeyOf(row), row.id]));
}

/** Writes contexts that are not there yet; another sender may do so at the same moment. */
export async function insertContexts(tx: Transaction, events: readonly WithContext[]): Promise<Map<string, number>> {
  await tx.query(
    `insert into activity_contexts (tenant_id, subject, content_source, framework)
     select $1, wanted.subject, wanted.content_source, wanted.framework
     from unnest($2::text[], $3::text[], $4::text[]) wanted(subject, content_source, framework)
     order by wanted.subject, wanted.content_source, wanted.framework
     on conflict do nothing`,
    [tx.tenantId, ...contextColumns(events)],
  );
  return selectContexts(tx, events);
}
