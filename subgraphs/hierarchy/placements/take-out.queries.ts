import type { Transaction } from '../../shared/database/database';

export interface PlacedThing {
  kind: 'group' | 'class';
  type: string;
  externalId: string;
  /** Where it hangs; null for a root. What has been moved elsewhere meanwhile stays there. */
  parent: { type: string; externalId: string } | null;
}

/** Takes things out of where they hang, by the customer's ids. Returns how many; the tree's lock must be held. */
export async function takeOut(
  tx: Transaction,
  { hierarchyId, things }: { hierarchyId: number; things: readonly PlacedThing[] },
): Promise<number> {
  let rows = 0;
  for (const kind of ['group', 'class'] as const) {
    const chosen = things.filter(thing => thing.kind === kind);
    if (chosen.length === 0) continue;
    const child = kind === 'group' ? 'groups' : 'classes';
    const taken = await tx.query(
      `delete from ${kind}_placements placed
       using unnest($3::text[], $4::text[], $5::text[], $6::text[]) thing(type, id, parent_type, parent_id)
       join ${child} child on child.tenant_id = $1 and child.external_id = thing.id
         ${kind === 'group' ? 'and child.type = thing.type' : ''}
       left join groups parent on parent.tenant_id = $1 and parent.type = thing.parent_type
         and parent.external_id = thing.parent_id
       where placed.tenant_id = $1 and placed.hierarchy_id = $2 and placed.${kind}_id = child.id
         and placed.parent_id is not distinct from parent.id
       returning placed.hierarchy_id`,
      [
        tx.tenantId,
        hierarchyId,
        chosen.map(({ type }) => type),
        chosen.map(({ externalId }) => externalId),
        chosen.map(({ parent }) => parent?.type ?? null),
        chosen.map(({ parent }) => parent?.externalId ?? null),
      ],
    );
    rows += taken.length;
  }
  return rows;
}
