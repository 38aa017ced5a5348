import type { MigrationInterface, QueryRunner } from 'typeorm';
import { tenantTable } from './row-level-security';
import { runAll } from './run-all';

const counts = ['completed', 'inferred', 'in_progress', 'expected'];

/**
 * Counts of competencies as net changes by day, which add up along trees and over time; what they are made of, the
 * history of the roster and of the frameworks by day; and what the weekly run writes. Days are half-open ranges, of the
 * tenant's time zone at the time of acceptance.
 */
export class CompetencyCounts1761000000010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `create table class_terms (
         tenant_id int not null,
         class_id int not null,
         from_day date not null,
         before_day date not null,
         grade text,
         subject text,
         active boolean not null,
         primary key (tenant_id, class_id, from_day),
         constraint term_of_a_class foreign key (tenant_id, class_id) references classes,
         constraint class_term_is_of_some_day check (from_day < before_day)
       )`,
      `create index class_terms_by_grade on class_terms (tenant_id, grade)`,
      ...tenantTable('class_terms', 'select', 'insert', 'update'),

      // enrolled_at, ended_at: as the enrolment had them when its days were taken from them.
      `create table enrolment_spans (
         tenant_id int not null,
         class_id int not null,
         person_id int not null,
         from_day date not null,
         before_day date not null,
         enrolled_at timestamptz not null,
         ended_at timestamptz,
         primary key (tenant_id, class_id, person_id, from_day),
         constraint span_in_a_class foreign key (tenant_id, class_id) references classes,
         constraint span_of_a_person foreign key (tenant_id, person_id) references people,
         constraint span_does_not_end_before_it_begins check (from_day <= before_day)
       )`,
      `create index enrolment_spans_by_person on enrolment_spans (tenant_id, person_id)`,
      ...tenantTable('enrolment_spans', 'select', 'insert', 'update'),

      `create table competency_terms (
         tenant_id int not null,
         competency_id int not null,
         from_day date not null,
         before_day date not null,
         grade text,
         subject text,
         context_id int not null,
         primary key (tenant_id, competency_id, from_day),
         constraint term_of_a_competency foreign key (tenant_id, competency_id) references competencies,
         constraint competency_term_in_a_context foreign key (tenant_id, context_id) references activity_contexts,
         constraint competency_term_is_of_some_day check (from_day < before_day)
       )`,
      `create index competency_terms_by_grade on competency_terms (tenant_id, grade)`,
      ...tenantTable('competency_terms', 'select', 'insert', 'update'),

      `create table competency_changes (
         tenant_id int not null,
         class_id int not null,
         day date not null,
         context_id int not null,
         ${counts.map(count => `${count} bigint not null`).join(', ')},
         primary key (tenant_id, class_id, day, context_id)
       )`,
      ...tenantTable('competency_changes', 'select', 'insert', 'update'),

      // Null where a row has activity alone: then they take no room.
      ...['fact_deltas', 'aggregates'].map(
        table => `alter table ${table} ${counts.map(count => `add ${count} bigint`).join(', ')}`,
      ),

      `create table class_weeks (
         tenant_id int not null,
         class_id int not null,
         week date not null constraint week_begins_on_a_monday check (extract(isodow from week) = 1),
         students int not null,
         completed bigint not null,
         inferred bigint not null,
         in_progress bigint not null,
         expected bigint not null,
         made_at timestamptz not null,
         primary key (tenant_id, class_id, week),
         constraint week_of_a_class foreign key (tenant_id, class_id) references classes
       )`,
      `create index class_weeks_by_week on class_weeks (tenant_id, week)`,
      ...tenantTable('class_weeks', 'select', 'insert', 'update', 'delete'),
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    const tables = ['class_weeks', 'competency_changes', 'competency_terms', 'enrolment_spans', 'class_terms'];
    await runAll(runner, [
      ...['aggregates', 'fact_deltas'].map(
        table => `alter table ${table} ${counts.map(count => `drop ${count}`).join(', ')}`,
      ),
      ...tables.map(table => `drop table ${table}`),
    ]);
  }
}
