import type { MigrationInterface, QueryRunner } from 'typeorm';
import { closeToOtherTenants, tenantTable } from './row-level-security';
import { runAll } from './run-all';

/**
 * Who did what in a tenant, or was refused it. Written and read, changed by nobody: the application may insert and
 * select. People by number alone, without a foreign key: who is erased becomes anonymous here too, and nothing cascades.
 */
export class AuditLog1761000000016 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `create table audit_log (
         tenant_id int not null,
         recorded_at timestamptz not null,
         id uuid not null default gen_random_uuid(),
         person_id int,
         by_platform boolean not null default false,
         action text not null,
         resource_type text,
         resource_id text,
         details jsonb not null default '{}',
         address inet,
         agent text,
         primary key (tenant_id, recorded_at, id)
       ) partition by range (recorded_at)`,
      ...tenantTable('audit_log', 'select', 'insert'),
      // Takes what no month's partition is there for; those are made ahead (subgraphs/shared/database/partitioned-tables.ts).
      `create table audit_log_other_months partition of audit_log default`,
      ...closeToOtherTenants('audit_log_other_months'),

      // Beside people and not in it: whoever reads people must never come by a hash.
      `create table person_passwords (
         tenant_id int not null,
         person_id int not null,
         hash text not null,
         changed_at timestamptz not null,
         primary key (tenant_id, person_id),
         constraint password_of_a_person foreign key (tenant_id, person_id) references people on delete cascade
       )`,
      ...tenantTable('person_passwords', 'select', 'insert', 'update'),
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, ['drop table person_passwords', 'drop table audit_log']);
  }
}
