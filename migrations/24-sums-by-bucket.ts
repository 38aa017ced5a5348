import type { MigrationInterface, QueryRunner } from 'typeorm';
import { tenantTable } from './row-level-security';
import { runAll } from './run-all';

const keyedBy = (...columns: string[]): string[] => [
  'alter table aggregates drop constraint aggregates_pkey',
  `alter table aggregates add primary key (${columns.join(', ')})`,
];

/**
 * Stored sums by grain and context before their owner: a report reads one month of many owners more often than all that
 * is kept of one. How far the months that are over have been laid out in that order. And the learners of cells.
 */
export class SumsByBucket1761000000024 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      ...keyedBy('tenant_id', 'hierarchy_id', 'grain', 'context_id', 'owner_id', 'start'),

      // With the cells in it, those of many parents are read without their rows.
      'drop index cell_parents_by_parent',
      'create index cell_parents_by_parent on cell_parents (tenant_id, hierarchy_id, parent_id, cell_id)',

      // Up to which owner (place: a cell's number, or a node's pre within its level) of which hierarchy the month's rows
      // are laid out.
      `create table sealed_months (
         tenant_id int not null,
         month date not null constraint sealed_month_is_its_first_day check (extract(day from month) = 1),
         hierarchy_id int not null,
         level int not null,
         place int not null,
         sealed_at timestamptz,
         primary key (tenant_id, month)
       )`,
      ...tenantTable('sealed_months', 'select', 'insert', 'update'),

      // As learner_months, of a cell's classes together and of all contexts: no more of it than a learner has cells.
      `create table cell_learners (
         tenant_id int not null,
         month date not null constraint cell_learners_month_is_its_first_day check (extract(day from month) = 1),
         cell_id int not null,
         person_id int not null,
         scored_days int not null,
         timed_days int not null,
         primary key (tenant_id, month, cell_id, person_id)
       )`,
      ...tenantTable('cell_learners', 'select', 'insert', 'update', 'delete'),
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      'drop table cell_learners',
      'drop table sealed_months',
      'drop index cell_parents_by_parent',
      'create index cell_parents_by_parent on cell_parents (tenant_id, hierarchy_id, parent_id)',
      ...keyedBy('tenant_id', 'hierarchy_id', 'owner_id', 'grain', 'context_id', 'start'),
    ]);
  }
}
