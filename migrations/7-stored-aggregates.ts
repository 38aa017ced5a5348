import type { MigrationInterface, QueryRunner } from 'typeorm';
import { tenantTable } from './row-level-security';
import { runAll } from './run-all';

const sums = `
  score_sum bigint not null,
  attempts bigint not null,
  collection_seconds bigint not null,
  assessment_seconds bigint not null`;

/**
 * Facts added up to where reports read them. A cell holds the classes that hang under the same parents in every
 * hierarchy, a school's classes as a rule; its sums are kept once for all hierarchies. Above the cells each hierarchy
 * keeps the sums of its stored levels.
 */
export class StoredAggregates1761000000007 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      // What was accepted and is not yet in the stored sums. Readers add it; the folder moves it over.
      `create table fact_deltas (
         tenant_id int not null constraint delta_of_a_tenant references tenants,
         id bigint generated always as identity,
         class_id int not null,
         day date not null,
         context_id int not null,
         ${sums},
         primary key (tenant_id, id)
       )`,
      ...tenantTable('fact_deltas', 'select', 'insert', 'delete'),

      `create table cells (
         tenant_id int not null constraint cell_of_a_tenant references tenants,
         id int generated always as identity,
         parents text not null,
         primary key (tenant_id, id),
         constraint cell_parents_are_unique unique (tenant_id, parents)
       )`,
      ...tenantTable('cells', 'select', 'insert', 'delete'),

      `create table cell_parents (
         tenant_id int not null,
         hierarchy_id int not null constraint cell_hangs_in_a_hierarchy references hierarchies,
         cell_id int not null,
         parent_id int not null,
         primary key (tenant_id, hierarchy_id, cell_id),
         constraint parent_of_a_cell foreign key (tenant_id, cell_id) references cells on delete cascade
       )`,
      `create index cell_parents_by_parent on cell_parents (tenant_id, hierarchy_id, parent_id)`,
      ...tenantTable('cell_parents', 'select', 'insert', 'delete'),

      `create table class_cells (
         tenant_id int not null,
         class_id int not null,
         cell_id int not null,
         primary key (tenant_id, class_id),
         constraint cell_of_a_class foreign key (tenant_id, class_id) references classes,
         constraint class_in_a_cell foreign key (tenant_id, cell_id) references cells
       )`,
      `create index class_cells_by_cell on class_cells (tenant_id, cell_id)`,
      ...tenantTable('class_cells', 'select', 'insert', 'update', 'delete'),

      // owner: in hierarchy 0 a cell, or 0 for the tenant; else a group. context 0: all contexts together.
      // grain: 1 day, 7 week, 30 month, each by its first day.
      `create table aggregates (
         tenant_id int not null constraint aggregate_of_a_tenant references tenants,
         hierarchy_id int not null,
         owner_id int not null,
         grain smallint not null constraint grain_is_known check (grain in (1, 7, 30)),
         context_id int not null,
         start date not null,
         ${sums},
         primary key (tenant_id, hierarchy_id, owner_id, grain, context_id, start)
       ) with (fillfactor = 90)`,
      ...tenantTable('aggregates', 'select', 'insert', 'update', 'delete'),

      // Whose stored sums are complete: of a hierarchy, or with 0 of the cells and the tenant.
      `create table stored_trees (
         tenant_id int not null constraint stored_tree_of_a_tenant references tenants,
         hierarchy_id int not null,
         built_at timestamptz not null,
         primary key (tenant_id, hierarchy_id)
       )`,
      ...tenantTable('stored_trees', 'select', 'insert', 'update', 'delete'),

      // parent_level: 0 at a root. stored: the node's sums are kept, since its level is stored or since it stands in
      // for a stored level that its branch skips. below: how many nodes of each level are below it.
      `alter table tree_nodes
         add parent_level int not null default 0,
         add stand_in boolean not null default false,
         add stored boolean not null default false,
         add below jsonb not null default '{}'`,
      `create index tree_nodes_by_level on tree_nodes (tenant_id, hierarchy_id, level, pre)`,
      `create index tree_nodes_standing_in on tree_nodes (tenant_id, hierarchy_id, pre) where stand_in`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      'drop index tree_nodes_standing_in',
      'drop index tree_nodes_by_level',
      'alter table tree_nodes drop parent_level, drop stand_in, drop stored, drop below',
      ...['stored_trees', 'aggregates', 'class_cells', 'cell_parents', 'cells', 'fact_deltas'].map(table => `drop table ${table}`),
    ]);
  }
}
