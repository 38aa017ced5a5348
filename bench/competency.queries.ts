import type { Client } from 'pg';
import type { Transaction } from '../subgraphs/shared/database/database';
import { withoutForeignKeyChecks } from './tenant.queries';

export const users = 60_000;
export const competencies = 20;
const classes = 2_000;
const states = 10;
const districts = 50;
const schools = 250;

/** A group's number by its level and place. */
export const country = 1;
export const firstState = 2;
export const firstDistrict = firstState + states;
const firstSchool = firstDistrict + districts;

/** The days that the year of the measurement has, and how many statuses each person has of each competency. */
const firstDay = '2025-06-02';
const daysOfYear = 300;
const statusesOfEach = 3;

export async function selectTenant(owner: { query: Transaction['query'] }, externalId: string): Promise<number | undefined> {
  const [row] = await owner.query<{ id: number }>('select id from tenants where external_id = $1', [externalId]);
  return row?.id;
}

/** A country of states, districts and schools; each class of thirty expects twenty competencies of four subjects. */
export async function insertCompetencyRoster(tx: Transaction): Promise<void> {
  await withoutForeignKeyChecks(tx);
  await tx.query(
    `insert into groups (tenant_id, id, external_id, type, name)
     select $1, given.id, 'g' || given.id, given.type, initcap(given.type) || ' ' || given.id
     from (
       select 1 as id, 'country' as type
       union all select id, 'state' from generate_series($2::int, $3::int - 1) id
       union all select id, 'district' from generate_series($3::int, $4::int - 1) id
       union all select id, 'school' from generate_series($4::int, $4::int + $5::int - 1) id
     ) given`,
    [tx.tenantId, firstState, firstDistrict, firstSchool, schools],
  );
  await tx.query(
    `insert into group_placements (tenant_id, hierarchy_id, group_id, parent_id)
     select $1, hierarchies.id, groups.id, case groups.type
       when 'state' then 1
       when 'district' then $2 + (groups.id - $3) % ${states}
       when 'school' then $3 + (groups.id - $4) % ${districts} end
     from groups join hierarchies on hierarchies.key = 'india'
     where groups.tenant_id = $1`,
    [tx.tenantId, firstState, firstDistrict, firstSchool],
  );
  await tx.query(
    `insert into classes (tenant_id, id, external_id, name, grade)
     select $1, id, 'c' || id, 'Class ' || id, '5' from generate_series(1, ${classes}) id`,
    [tx.tenantId],
  );
  await tx.query(
    `insert into class_placements (tenant_id, hierarchy_id, class_id, parent_id)
     select $1, hierarchies.id, classes.id, $2 + classes.id % ${schools}
     from classes join hierarchies on hierarchies.key = 'india' where classes.tenant_id = $1`,
    [tx.tenantId, firstSchool],
  );
  await tx.query(
    `insert into people (tenant_id, external_id, login, roles)
     select $1::int, 'p' || id, 'p' || id, array['LEARNER'] from generate_series(1, ${users}) id`,
    [tx.tenantId],
  );
  await tx.query(
    `insert into enrolments (tenant_id, class_id, person_id, type, status, enrolled_at)
     select $1, 1 + person.place % ${classes}, person.id, 'STUDENT', 'ACTIVE', $2::date + (person.place % 30)::int
     from (
       select people.id, row_number() over (order by people.id) - 1 as place from people where people.tenant_id = $1
     ) person`,
    [tx.tenantId, firstDay],
  );
  await tx.query(`insert into frameworks (tenant_id, name) values ($1, 'core')`, [tx.tenantId]);
  await tx.query(
    `insert into competencies (tenant_id, framework_id, code, grade, subject, title)
     select $1, frameworks.id, 'c' || n, '5', 'Subject ' || n % 4, 'Competency ' || n
     from frameworks cross join generate_series(1, ${competencies}) n where frameworks.tenant_id = $1`,
    [tx.tenantId],
  );
}

/** Begun, inferred or completed, and now and then back again, on days all over the year. */
export async function insertStatuses(tx: Transaction): Promise<void> {
  await withoutForeignKeyChecks(tx);
  await tx.query(
    `insert into competency_statuses (tenant_id, person_id, competency_id, day, status, occurred_at, event_id)
     select $1, people.id, competencies.id, drawn.day, drawn.status, drawn.day + time '12:00', 'e'
     from people
     cross join competencies
     cross join generate_series(1, ${statusesOfEach}) n
     cross join lateral (select abs(hashint8(people.id * 1000003::bigint + competencies.id * 101 + n)) as number) hash
     cross join lateral (
       select $2::date + (hash.number % ${daysOfYear})::int as day, (hash.number / ${daysOfYear} % 4)::int as status
     ) drawn
     where people.tenant_id = $1 and competencies.tenant_id = $1
     on conflict do nothing`,
    [tx.tenantId, firstDay],
  );
}

/** The counts of every group down to the districts at the end of every day, made beforehand and kept under one key. */
export async function fillCountsFloor(tx: Transaction): Promise<void> {
  await tx.query(
    `create table if not exists bench.counts_floor (
       tenant_id int not null, parent_id int not null, day date not null, node_id int not null,
       completed bigint not null, inferred bigint not null, in_progress bigint not null, expected bigint not null,
       primary key (tenant_id, parent_id, day, node_id)
     )`,
  );
  await tx.query(
    `with change as materialized (
       select above.group_id, competency_changes.day, sum(competency_changes.completed) as completed,
         sum(competency_changes.inferred) as inferred, sum(competency_changes.in_progress) as in_progress,
         sum(competency_changes.expected) as expected
       from competency_changes
       join class_placements on class_placements.tenant_id = $1 and class_placements.class_id = competency_changes.class_id
       join tree_nodes on tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = class_placements.hierarchy_id
         and tree_nodes.group_id = class_placements.parent_id
       cross join lateral unnest(tree_nodes.path) above(group_id)
       where competency_changes.tenant_id = $1
       group by 1, 2
     ),
     dated as (
       select node.group_id, day.day::date as day
       from (select distinct change.group_id from change) node
       cross join generate_series($2::date, $2::date + ${daysOfYear}, interval '1 day') day(day)
     ),
     counted as (
       select dated.group_id, dated.day, sum(change.completed) over so_far as completed,
         sum(change.inferred) over so_far as inferred, sum(change.in_progress) over so_far as in_progress,
         sum(change.expected) over so_far as expected
       from dated left join change on change.group_id = dated.group_id and change.day = dated.day
       window so_far as (partition by dated.group_id order by dated.day)
     )
     insert into bench.counts_floor
     select $1, parent.id, counted.day, counted.group_id, coalesce(counted.completed, 0), coalesce(counted.inferred, 0),
       coalesce(counted.in_progress, 0), coalesce(counted.expected, 0)
     from counted
     join tree_nodes on tree_nodes.tenant_id = $1 and tree_nodes.group_id = counted.group_id
     cross join lateral (values (tree_nodes.parent_id), (tree_nodes.group_id)) parent(id)
     where parent.id is not null
     order by 2, 3, 4`,
    [tx.tenantId, firstDay],
  );
}

export interface CountRow {
  node: number;
  completed: string;
  inferred: string;
  inProgress: string;
  expected: string;
}

/** A node and its children at the end of a day, from the rows kept for it. */
export async function readCountsFloor(
  client: Client,
  { tenantId, parent, day }: { tenantId: number; parent: number; day: string },
): Promise<CountRow[]> {
  const { rows } = await client.query<CountRow>({
    name: 'counts floor',
    text: `select counts_floor.node_id as node, counts_floor.completed, counts_floor.inferred,
             counts_floor.in_progress as "inProgress", counts_floor.expected
           from bench.counts_floor
           where counts_floor.tenant_id = $1 and counts_floor.parent_id = $2 and counts_floor.day = $3`,
    values: [tenantId, parent, day],
  });
  return rows;
}
