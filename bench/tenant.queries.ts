import { platformTenant } from '../migrations/row-level-security';
import { growVersion, lockTree, rebuildTree } from '../subgraphs/hierarchy/placements/tree.queries';
import type { Database, Transaction } from '../subgraphs/shared/database/database';
import { country, firstDistrict, firstState, type Shape } from './shape';

export const zonesKey = 'bench-zones';
export const people = 5_000;
/** A month with as many days as the measurements have. */
export const month = '2025-06-01';
const monthsDays = 30;

/** The second hierarchy: nothing is stored but its anchor, the level above the schools. */
export async function insertZones(owner: Database): Promise<void> {
  await owner.transaction(platformTenant, 'write', async tx => {
    await tx.query(`insert into hierarchies (key, name) values ($1, 'Zones') on conflict do nothing`, [zonesKey]);
    await tx.query(
      `insert into hierarchy_levels (hierarchy_id, sequence, name, type, stored)
       select hierarchies.id, level.sequence, level.name, level.type, level.type = 'school_district'
       from hierarchies
       cross join (values (1, 'Country', 'country'), (2, 'Zone', 'state'), (3, 'School district', 'school_district'),
                          (4, 'School', 'school')) level(sequence, name, type)
       where hierarchies.key = $1
       on conflict do nothing`,
      [zonesKey],
    );
  });
}

export async function insertTenant(owner: Database, externalId: string): Promise<number> {
  return owner.transaction(platformTenant, 'write', async tx => {
    const [tenant] = await tx.query<{ id: number }>(
      `insert into tenants (external_id, name) values ($1, $1) returning tenants.id`,
      [externalId],
    );
    await tx.query(
      `insert into tenant_settings (tenant_id, applicable_hierarchy_id, time_zone)
       select $1, hierarchies.id, 'UTC' from hierarchies where hierarchies.key = 'india'`,
      [tenant!.id],
    );
    return tenant!.id;
  });
}

/** Groups and classes with their places in both hierarchies, and the people. */
export async function insertRoster(tx: Transaction, shape: Shape, classes: number): Promise<void> {
  await withoutForeignKeyChecks(tx);
  const { groups } = shape;
  const columns = [groups.map(({ id }) => id), groups.map(({ type }) => type), groups.map(({ name }) => name)];
  await tx.query(
    `insert into groups (tenant_id, id, external_id, type, name)
     select $1, given.id, 'g' || given.id, given.type, given.name
     from unnest($2::int[], $3::text[], $4::text[]) given(id, type, name)`,
    [tx.tenantId, ...columns],
  );
  for (const hierarchy of ['india', 'zones'] as const) {
    const placed = groups.filter(group => group[hierarchy] !== undefined);
    await tx.query(
      `insert into group_placements (tenant_id, hierarchy_id, group_id, parent_id)
       select $1, hierarchies.id, given.id, given.parent
       from unnest($3::int[], $4::int[]) given(id, parent)
       join hierarchies on hierarchies.key = $2`,
      [tx.tenantId, keyOf(hierarchy), placed.map(({ id }) => id), placed.map(group => group[hierarchy])],
    );
  }
  await tx.query(
    `insert into classes (tenant_id, id, external_id, name, grade, school_id)
     select $1, class, 'c' || class, 'Class ' || class, (1 + class % 8)::text, $3 + (class - 1) % $4
     from generate_series(1, $2::int) class`,
    [tx.tenantId, classes, shape.firstSchool, shape.schools],
  );
  // Nearly all hang under their school. In one hierarchy some hang higher up, and some of each are uncategorised.
  await tx.query(
    `insert into class_placements (tenant_id, hierarchy_id, class_id, parent_id)
     select $1, hierarchies.id, classes.id,
       case when hierarchies.key <> 'india' then classes.school_id
         when classes.id % 1000 = 7 then $3::int + 1 + classes.id % 35
         when classes.id % 250 = 8 then $4::int + 1 + classes.id % 699
         else classes.school_id end
     from classes
     join hierarchies on hierarchies.key in ('india', $2)
     where classes.tenant_id = $1 and classes.id % 2000 <> case when hierarchies.key = 'india' then 11 else 12 end`,
    [tx.tenantId, zonesKey, firstState, firstDistrict],
  );
  await tx.query(
    `insert into people (tenant_id, external_id, login, roles)
     select $1::int, 'p' || person, 'p' || person, array['LEARNER'] from generate_series(1, $2::int) person
     union all select $1::int, 'admin', 'admin', array['ORG_ADMIN']`,
    [tx.tenantId, people],
  );
}

const keyOf = (hierarchy: 'india' | 'zones'): string => (hierarchy === 'zones' ? zonesKey : hierarchy);

/** What each class did on each day of the month: some attempts and some time, in one of two subjects. */
export async function insertFacts(tx: Transaction): Promise<void> {
  await withoutForeignKeyChecks(tx);
  await tx.query(
    `insert into activity_contexts (tenant_id, subject)
     select $1, given.subject from unnest(array['Mathematics', 'Language']) given(subject)`,
    [tx.tenantId],
  );
  await tx.query(
    `insert into class_days (tenant_id, class_id, day, context_id, score_sum, attempts, collection_seconds,
       assessment_seconds)
     select $1, classes.id, $2::date + day.number, contexts.ids[1 + classes.id % 2],
       drawn.attempts * (400000 + (drawn.number * 37) % 600000), drawn.attempts,
       60 * (drawn.number % 40), 30 * drawn.attempts
     from classes
     cross join generate_series(0, $3::int - 1) day(number)
     cross join (
       select array_agg(activity_contexts.id order by activity_contexts.id) as ids
       from activity_contexts where activity_contexts.tenant_id = $1
     ) contexts
     cross join lateral (
       select (classes.id::bigint * 31 + day.number * 17) % 9973 as number,
         1 + (classes.id + day.number) % 25 as attempts
     ) drawn
     where classes.tenant_id = $1
     order by classes.id, day.number`,
    [tx.tenantId, month, monthsDays],
  );
}

/** The rows are right by the way they are made; checking each reference would take most of the time. */
export const withoutForeignKeyChecks = (tx: Transaction): Promise<unknown> =>
  tx.query(`set local session_replication_role = replica`);

/** For adding up what was just written: more rows at a time than requests ever do. */
export const withMuchMemory = (tx: Transaction): Promise<unknown> => tx.query(`set local work_mem = '256MB'`);

/** What a tenant was made by, kept so that the next run need not make it again. */
export async function createMadeTable(owner: Database): Promise<void> {
  await owner.transaction(platformTenant, 'write', async tx => {
    await tx.query(`create schema if not exists bench`);
    await tx.query(
      `create table if not exists bench.made (tenant_id int primary key, classes int not null, made_by text not null)`,
    );
  });
}

interface MadeRow {
  tenantId: number;
  classes: number;
  madeBy: string | null;
}

/** The tenants there are; without `madeBy`, one that a run left half made. */
export async function selectMade(owner: Database): Promise<MadeRow[]> {
  return owner.transaction(platformTenant, 'read', tx =>
    tx.query(
      `select tenants.id as "tenantId", made.classes, made.made_by as "madeBy"
       from tenants
       left join bench.made on made.tenant_id = tenants.id
       where tenants.id <> $1`,
      [platformTenant],
    ),
  );
}

export async function insertMade(tx: Transaction, classes: number, madeBy: string): Promise<void> {
  await tx.query(`insert into bench.made (tenant_id, classes, made_by) values ($1, $2, $3)`, [
    tx.tenantId,
    classes,
    madeBy,
  ]);
}

/** The groups that the measurements ask about. */
export const asked = { country, state: firstState, district: firstDistrict };

/** Makes the trees of the tenant's hierarchies from the placements. */
export async function growTrees(tx: Transaction): Promise<void> {
  const hierarchies = await tx.query<{ id: number }>(
    `select hierarchies.id from hierarchies where hierarchies.key in ('india', $1)`,
    [zonesKey],
  );
  for (const { id } of hierarchies) {
    await lockTree(tx, id);
    await growVersion(tx, id);
    await rebuildTree(tx, id);
  }
}
