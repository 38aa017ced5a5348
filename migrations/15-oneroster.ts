import type { MigrationInterface, QueryRunner } from 'typeorm';
import { tenantTable } from './row-level-security';
import { runAll } from './run-all';

/** What OneRoster bundles have said so far, and which of a tenant's group types their kinds of org become. */
export class OneRoster1761000000015 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      // Ids only, no names or logins: those stand on the person, and go with the person.
      `create table oneroster_records (
         tenant_id int not null constraint oneroster_record_of_a_tenant references tenants,
         kind text not null constraint oneroster_kind_is_known
           check (kind in ('orgs','academicSessions','courses','classes','users','roles','enrollments')),
         sourced_id text not null,
         ended boolean not null,
         fields jsonb not null,
         applied jsonb,
         primary key (tenant_id, kind, sourced_id)
       )`,
      ...tenantTable('oneroster_records', 'select', 'insert', 'update'),

      `create table oneroster_org_types (
         tenant_id int not null constraint org_type_of_a_tenant references tenants,
         org_type text not null constraint org_type_is_known
           check (org_type in ('national','state','district','local','school','department')),
         group_type text constraint org_type_becomes_a_group_type
           check (group_type in ('country','state','district','school_district','block','cluster','school')),
         primary key (tenant_id, org_type)
       )`,
      ...tenantTable('oneroster_org_types', 'select', 'insert', 'update'),
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, ['drop table oneroster_org_types', 'drop table oneroster_records']);
  }
}
