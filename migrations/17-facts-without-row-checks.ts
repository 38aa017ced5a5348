import type { MigrationInterface, QueryRunner } from 'typeorm';
import { runAll } from './run-all';

/** What was checked of each row that activity writes: what ingestion has looked up, and nobody may delete. */
const checks: [table: string, constraint: string, definition: string][] = [
  ['event_ids', 'event_of_a_tenant', 'foreign key (tenant_id) references tenants'],
  ['class_days', 'facts_of_a_class', 'foreign key (tenant_id, class_id) references classes'],
  ['class_days', 'facts_in_a_context', 'foreign key (tenant_id, context_id) references activity_contexts'],
  ['learner_months', 'learner_days_of_a_class', 'foreign key (tenant_id, class_id) references classes'],
  ['learner_months', 'learner_days_of_a_person', 'foreign key (tenant_id, person_id) references people'],
  ['fact_deltas', 'delta_of_a_tenant', 'foreign key (tenant_id) references tenants'],
  ['aggregates', 'aggregate_of_a_tenant', 'foreign key (tenant_id) references tenants'],
  ['tenant_versions', 'version_of_a_tenant', 'foreign key (tenant_id) references tenants'],
];

/**
 * Activity is by far the most of what is written. A foreign key looks its row up for each of them, and an index keeps
 * a key that event_ids keeps already; together they took a third of the database's work.
 */
export class FactsWithoutRowChecks1761000000017 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      ...checks.map(([table, constraint]) => `alter table ${table} drop constraint ${constraint}`),
      'alter table activity_events drop constraint activity_events_pkey',
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      'alter table activity_events add primary key (tenant_id, accepted_on, event_id)',
      ...checks.map(([table, constraint, definition]) => `alter table ${table} add constraint ${constraint} ${definition}`),
    ]);
  }
}
