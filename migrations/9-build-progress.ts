import type { MigrationInterface, QueryRunner } from 'typeorm';
import { tenantTable } from './row-level-security';
import { runAll } from './run-all';

/** How far the making of a tenant's stored sums is: told from outside its transaction, so that others see it. */
export class BuildProgress1761000000009 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `create table build_progress (
         tenant_id int not null constraint progress_of_a_tenant references tenants,
         step text not null,
         done int not null,
         steps int not null,
         started_at timestamptz not null,
         told_at timestamptz not null,
         primary key (tenant_id)
       )`,
      ...tenantTable('build_progress', 'select', 'insert', 'update'),
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, ['drop table build_progress']);
  }
}
