import type { MigrationInterface, QueryRunner } from 'typeorm';
import { tenantTable } from './row-level-security';
import { runAll } from './run-all';

/** From when on a tenant counts a student as at risk; null: that reason is off. A tenant without a row has the usual ones. */
export class RiskSettings1761000000019 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `create table risk_settings (
         tenant_id int not null constraint risk_settings_of_a_tenant references tenants,
         version int not null,
         inactive_days int constraint inactive_days_of_a_year check (inactive_days between 1 and 365),
         minimum_average_score float8 constraint minimum_score_in_percent check (minimum_average_score between 0 and 100),
         minimum_engagement float8 constraint minimum_engagement_is_a_share check (minimum_engagement between 0 and 1),
         minimum_mastery_progress float8
           constraint minimum_mastery_progress_is_a_share check (minimum_mastery_progress between 0 and 1),
         primary key (tenant_id)
       )`,
      ...tenantTable('risk_settings', 'select', 'insert', 'update'),
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, ['drop table risk_settings']);
  }
}
