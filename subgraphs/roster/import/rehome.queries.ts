import { BadInput } from '../../shared/bad-input';
import type { Transaction } from '../../shared/database/database';

/** What names one school names another from now on: classes, and student groups, of which each has its name once a year. */
export async function moveSchool(tx: Transaction, { from, into }: { from: number; into: number }): Promise<void> {
  await tx.query(`update classes set school_id = $3 where classes.tenant_id = $1 and classes.school_id = $2`, [tx.tenantId, from, into]);
  const twice = await tx.query<{ name: string; year: number }>(
    `select one.name, one.school_year as year
     from student_groups one
     join student_groups other on other.tenant_id = $1 and other.school_id = $3 and other.school_year = one.school_year
       and other.name = one.name
     where one.tenant_id = $1 and one.school_id = $2
     order by one.school_year, one.name limit 5`,
    [tx.tenantId, from, into],
  );
  if (twice.length > 0) {
    const named = twice.map(({ name, year }) => `'${name}' of ${year}`).join(', ');
    throw new BadInput(`Both schools that become one have a student group ${named}; please rename or remove one of them.`);
  }
  await tx.query(`update student_groups set school_id = $3 where student_groups.tenant_id = $1 and student_groups.school_id = $2`, [
    tx.tenantId,
    from,
    into,
  ]);
}

/** What of a record may name an org: one, or several joined by commas. */
const names = ['parent', 'parent_id', 'org', 'school'];

const renamed = (column: string): string => `(
  select jsonb_object_agg(part.key, case
    when part.key = any($4::text[]) then coalesce((select to_jsonb(map.new_id) from map where map.old_id = part.value #>> '{}'), part.value)
    when part.key = 'orgs' and jsonb_typeof(part.value) = 'string' then to_jsonb((
      select string_agg(coalesce(map.new_id, one.id), ',' order by one.place)
      from string_to_table(part.value #>> '{}', ',') with ordinality one(id, place)
      left join map on map.old_id = one.id))
    else part.value end)
  from jsonb_each(${column}) part)`;

/** OneRoster's records of orgs, and what names them, go by the new ids: the next file does, too. */
export async function renameOrgs(tx: Transaction, orgs: readonly { oldId: string; newId: string }[]): Promise<void> {
  if (orgs.length === 0) return;
  const map = [orgs.map(({ oldId }) => oldId), orgs.map(({ newId }) => newId)];
  const rows = await tx.query<{ sourced_id: string; new_id: string; ended: boolean; fields: object; applied: object | null }>(
    `with map as (select * from unnest($2::text[], $3::text[]) given(old_id, new_id))
     delete from oneroster_records using map
     where oneroster_records.tenant_id = $1 and oneroster_records.kind = 'orgs' and oneroster_records.sourced_id = map.old_id
     returning oneroster_records.sourced_id, map.new_id, oneroster_records.ended, oneroster_records.fields, oneroster_records.applied`,
    [tx.tenantId, ...map],
  );
  for (const { new_id, ended, fields, applied } of rows) {
    await tx.query(
      `insert into oneroster_records (tenant_id, kind, sourced_id, ended, fields, applied) values ($1, 'orgs', $2, $3, $4, $5)
       on conflict do nothing`,
      [tx.tenantId, new_id, ended, JSON.stringify(fields), applied === null ? null : JSON.stringify(applied)],
    );
  }
  await tx.query(
    `with map as materialized (select * from unnest($2::text[], $3::text[]) given(old_id, new_id))
     update oneroster_records set
       fields = coalesce(${renamed('oneroster_records.fields')}, oneroster_records.fields),
       applied = coalesce(${renamed('oneroster_records.applied')}, oneroster_records.applied)
     where oneroster_records.tenant_id = $1 and oneroster_records.kind in ('orgs', 'classes', 'courses', 'roles', 'users', 'enrollments')
       and exists (select from map where position(to_json(map.old_id)::text in oneroster_records.fields::text) > 0
         or position(to_json(map.old_id)::text in oneroster_records.applied::text) > 0
         or map.old_id = any(string_to_array(oneroster_records.fields->>'orgs', ',')))`,
    [tx.tenantId, ...map, names],
  );
}
