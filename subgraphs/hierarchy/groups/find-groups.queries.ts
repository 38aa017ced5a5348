import type { Transaction } from '../../shared/database/database';

export interface GroupRow {
  id: number;
  externalId: string | null;
  type: string;
  name: string;
  code: string | null;
}

export interface GroupSearch {
  /** Part of a name, code or external id, whatever the capitals; null for all. */
  text: string | null;
  /** Only groups whose type is one of this hierarchy's levels. */
  hierarchyId: number | null;
  /** Only those that stand in that hierarchy's tree, or only those that do not; null for both. */
  placed: boolean | null;
  /** Behind the group of this name and id. */
  after: { name: string; id: number } | null;
  first: number;
}

interface Found<Row> {
  rows: Row[];
  /** Of all pages. */
  total: number;
}

/** What stands for itself in a pattern of `like`. */
const likePattern = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;

/** Groups of the tenant by name; one row more than asked for where there are more. */
export async function selectGroups(
  tx: Transaction,
  { text, hierarchyId, placed, after, first }: GroupSearch,
): Promise<Found<GroupRow>> {
  const [answer] = await tx.query<{ rows: GroupRow[]; total: number }>(
    `with found as materialized (
       select groups.id, groups.external_id as "externalId", groups.type, groups.name, groups.code
       from groups
       where groups.tenant_id = $1
         and ($2::text is null or groups.name ilike $2 or groups.code ilike $2 or groups.external_id ilike $2)
         and ($3::int is null or exists (
           select from hierarchy_levels
           where hierarchy_levels.hierarchy_id = $3 and hierarchy_levels.type = groups.type))
         and ($4::boolean is null or $4 = exists (
           select from tree_nodes
           where tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = $3 and tree_nodes.group_id = groups.id))
     ), page as (
       select found.* from found
       where $5::text is null or (found.name collate "und-x-icu", found.id) > ($5::text, $6::int)
       order by found.name collate "und-x-icu", found.id
       limit $7
     )
     select (select count(*)::int from found) as total,
       coalesce((select json_agg(page order by page.name collate "und-x-icu", page.id) from page), '[]'::json) as rows`,
    [
      tx.tenantId,
      text === null ? null : likePattern(text),
      hierarchyId,
      placed,
      after?.name ?? null,
      after?.id ?? null,
      first + 1,
    ],
  );
  return answer!;
}
