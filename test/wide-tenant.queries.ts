import type { Database } from '../subgraphs/shared/database/database';
import { platformTenant } from '../migrations/row-level-security';
import { insertTenant, growTrees, selectHierarchyNumbers } from './fixture.queries';

/** Of which activity there is, in every class. */
export const days = ['2026-03-02', '2026-03-03'];
const classesOfSchool = 10;
const schoolsOfDistrict = 200;

/**
 * A tenant `acme` with so many classes: ten in a school, two hundred schools in a district, one country. Class n has n
 * modulo 10 attempts on each of the days, of one learner. Made by a login that may leave foreign keys unchecked.
 */
export async function createWideTenant(superuser: Database, classes: number): Promise<number> {
  const number = await insertTenant(superuser, { externalId: 'acme', hierarchy: 'india', timeZone: 'UTC' });
  const schools = Math.ceil(classes / classesOfSchool);
  const districts = Math.ceil(schools / schoolsOfDistrict);
  const hierarchy = (await superuser.transaction(platformTenant, 'read', selectHierarchyNumbers)).get('india');
  await superuser.transaction(number, 'write', async tx => {
    await tx.query('set local statement_timeout = 0');
    await tx.query('set local session_replication_role = replica');
    await tx.query(`insert into people (tenant_id, external_id, login, roles) select $1::int, given.name, given.name, given.roles::text[] from (values ('admin', '{ORG_ADMIN}'), ('ann', '{LEARNER}')) given(name, roles)`, [number]);
    await tx.query(
      `insert into groups (tenant_id, id, external_id, type, name)
       select $1::int, 1, 'g1', 'country', 'Country'
       union all select $1::int, 1 + d, 'g' || 1 + d, 'district', 'District ' || d from generate_series(1, $2::int) d
       union all select $1::int, 1 + $2 + s, 'g' || 1 + $2 + s, 'school', 'School ' || s from generate_series(1, $3::int) s`,
      [number, districts, schools],
    );
    await tx.query(
      `insert into group_placements (tenant_id, hierarchy_id, group_id, parent_id)
       select $1::int, $2, groups.id, case when groups.id = 1 then null when groups.id <= 1 + $3::int then 1
         else 2 + (groups.id - 2 - $3) / $4::int end
       from groups where groups.tenant_id = $1`,
      [number, hierarchy, districts, schoolsOfDistrict],
    );
    await tx.query(
      `insert into classes (tenant_id, id, external_id, name)
       select $1::int, c, 'c' || c, 'Class ' || c || ' "A", north' from generate_series(1, $2::int) c`,
      [number, classes],
    );
    await tx.query(
      `insert into class_placements (tenant_id, hierarchy_id, class_id, parent_id)
       select $1::int, $2, c, 2 + $3::int + (c - 1) / $4::int from generate_series(1, $5::int) c`,
      [number, hierarchy, districts, classesOfSchool, classes],
    );
    await tx.query(
      `insert into class_days (tenant_id, class_id, day, context_id, score_sum, attempts, collection_seconds, assessment_seconds)
       select $1::int, c, day, 1, (c % 10) * 333333, c % 10, c % 7, 0
       from generate_series(1, $2::int) c, unnest($3::date[]) day order by 2, 3`,
      [number, classes, days],
    );
    await tx.query(
      `insert into learner_months (tenant_id, person_id, class_id, month, context_id, scored_days, timed_days)
       select $1::int, 2, c, '2026-03-01', 1, case when c % 10 > 0 then 6 else 0 end, case when c % 7 > 0 then 6 else 0 end
       from generate_series(1, $2::int) c`,
      [number, classes],
    );
    await growTrees(tx, [hierarchy!]);
  });
  return number;
}
