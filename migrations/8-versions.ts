import type { MigrationInterface, QueryRunner } from 'typeorm';
import { tenantTable } from './row-level-security';
import { runAll } from './run-all';

/**
 * How often anything of a tenant was changed: an answer made at the same version is still right. Kept in several rows,
 * of which each change moves one, so that writers of one tenant do not wait for each other.
 */
export class Versions1761000000008 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `create table tenant_versions (
         tenant_id int not null constraint version_of_a_tenant references tenants,
         slot smallint not null,
         version bigint not null,
         primary key (tenant_id, slot)
       ) with (fillfactor = 50)`,
      ...tenantTable('tenant_versions', 'select', 'insert', 'update'),
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, ['drop table tenant_versions']);
  }
}
