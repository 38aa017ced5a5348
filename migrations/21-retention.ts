import type { MigrationInterface, QueryRunner } from 'typeorm';
import { runAll } from './run-all';
import { platformTenant, tenantTable } from './row-level-security';

/** Days of which there is something already count as accepted on the day of this step: nothing goes too early. */
const daysThatAreThere = `do $$
  declare tenant int;
  begin
    perform set_config('app.tenant_id', '${platformTenant}', true);
    for tenant in select tenants.id from tenants loop
      perform set_config('app.tenant_id', tenant::text, true);
      insert into accepted_days (tenant_id, day, accepted_on)
        select distinct tenant, fact.day, (now() at time zone 'UTC')::date
        from (
          select class_days.day from class_days where class_days.tenant_id = tenant
          union all
          select competency_statuses.day from competency_statuses where competency_statuses.tenant_id = tenant
        ) fact;
    end loop;
  end $$`;

/** For how long what is kept, by tenant, and from when on; and on which days what was accepted of each day. */
export class Retention1761000000021 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      // Null: for ever. Seven years are 2,557 days. The moments and days from which on things are there move forward
      // alone, before anything is deleted.
      `create table retention_settings (
         tenant_id int not null constraint retention_of_a_tenant references tenants,
         raw_activity_hours int default 24 constraint raw_activity_is_kept_for_some_time check (raw_activity_hours > 0),
         event_id_days int default 400 constraint event_ids_are_kept_for_some_time check (event_id_days > 0),
         figure_days int default 2557 constraint figures_are_kept_for_some_time check (figure_days > 0),
         audit_log_days int default 2557 constraint audit_log_is_kept_for_some_time check (audit_log_days > 0),
         activity_log_days int default 2557 constraint activity_log_is_kept_for_some_time check (activity_log_days > 0),
         import_days int default 90 constraint imports_are_kept_for_some_time check (import_days > 0),
         raw_from date,
         figures_accepted_from date,
         event_ids_from timestamptz,
         figures_from date,
         competencies_from date,
         primary key (tenant_id),
         constraint raw_activity_goes_before_its_figures check (
           figure_days is null or (raw_activity_hours is not null and raw_activity_hours <= (figure_days - 1) * 24))
       )`,
      ...tenantTable('retention_settings', 'select', 'insert', 'update'),

      // A row for each day that activity was of and each day (UTC) on which some of it was accepted: a day's figures are
      // kept as one, from the last of these on.
      `create table accepted_days (
         tenant_id int not null,
         day date not null,
         accepted_on date not null,
         primary key (tenant_id, day, accepted_on)
       )`,
      `create index accepted_days_by_age on accepted_days (tenant_id, accepted_on)`,
      ...tenantTable('accepted_days', 'select', 'insert', 'delete'),
      daysThatAreThere,

      // Tells whether what was accepted long ago is in the stored sums; by the database's own clock.
      `alter table fact_deltas add noted_at timestamptz not null default now()`,
      // Ids are written in the order of their age: some bytes for each hundred pages find the old ones.
      `create index event_ids_by_age on event_ids using brin (accepted_at)`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      'drop index event_ids_by_age',
      'alter table fact_deltas drop noted_at',
      'drop table accepted_days',
      'drop table retention_settings',
    ]);
  }
}
