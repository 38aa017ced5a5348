import type { MigrationInterface, QueryRunner } from 'typeorm';
import { tenantTable } from './row-level-security';
import { runAll } from './run-all';

/**
 * What a large tenant's learners come to in a window of days, made in the background. `version`: the tenant's when the
 * row was made; while it is the same, the row says what is so now. at_risk, last_day and users: of four weeks alone.
 */
export class OrganisationFigures1761000000020 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `create table organisation_figures (
         tenant_id int not null constraint organisation_figures_of_a_tenant references tenants,
         through date not null,
         first date not null,
         learners bigint not null,
         active_learners bigint not null,
         completed bigint not null,
         expected bigint not null,
         newly_completed bigint not null,
         mastery_progress float8,
         active_days bigint not null,
         skill_gaps bigint not null,
         at_risk bigint,
         last_day date,
         users jsonb,
         version text not null,
         computed_at timestamptz not null,
         primary key (tenant_id, through, first),
         constraint window_does_not_end_before_it_begins check (first <= through)
       )`,
      ...tenantTable('organisation_figures', 'select', 'insert', 'update', 'delete'),
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, ['drop table organisation_figures']);
  }
}
