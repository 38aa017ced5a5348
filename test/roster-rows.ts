import type { TestDatabase } from './database';
import { look } from './sample-bundle';

/** For tests only: what stands in a tenant's roster, past the service. */

export const groupsOf = (database: TestDatabase, tenant: number) =>
  look(
    database,
    `select groups.external_id as id, groups.type, groups.name, groups.code, parent.external_id as parent,
       placed.group_id is not null as placed
     from groups
     left join group_placements placed on placed.tenant_id = groups.tenant_id and placed.group_id = groups.id
     left join groups parent on parent.tenant_id = placed.tenant_id and parent.id = placed.parent_id
     where groups.tenant_id = ${tenant} order by groups.id`,
  );
export const classesOf = (database: TestDatabase, tenant: number) =>
  look(
    database,
    `select classes.external_id as id, classes.name, classes.code, classes.grade, classes.subject, classes.active,
       school.external_id as school, parent.external_id as parent
     from classes
     left join groups school on school.tenant_id = classes.tenant_id and school.id = classes.school_id
     left join class_placements placed on placed.tenant_id = classes.tenant_id and placed.class_id = classes.id
     left join groups parent on parent.tenant_id = placed.tenant_id and parent.id = placed.parent_id
     where classes.tenant_id = ${tenant} order by classes.external_id`,
  );
export const peopleOf = (database: TestDatabase, tenant: number) =>
  look<{ id: string; login: string; roles: string[] }>(
    database,
    `select people.external_id as id, people.login, people.roles from people
     where people.tenant_id = ${tenant} order by people.id`,
  );
/** Each as a line; days are those of Los Angeles. */
export const enrolmentsOf = async (database: TestDatabase, tenant: number): Promise<string[]> =>
  (await look<{ line: string }>(
    database,
    `select concat_ws(' ', classes.external_id, people.external_id, enrolments.type, enrolments.status,
       (enrolments.enrolled_at at time zone 'America/Los_Angeles')::date,
       (enrolments.ended_at at time zone 'America/Los_Angeles')::date) as line
     from enrolments
     join classes on classes.tenant_id = enrolments.tenant_id and classes.id = enrolments.class_id
     join people on people.tenant_id = enrolments.tenant_id and people.id = enrolments.person_id
     where enrolments.tenant_id = ${tenant} order by 1`,
  )).map(({ line }) => line);
