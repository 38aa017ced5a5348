import type { MigrationInterface, QueryRunner } from 'typeorm';
import { allow, applicationRole, tenantTable } from './row-level-security';
import { runAll } from './run-all';

/** People who were erased: their number stays, nameless, so that no sum changes. */
export class Erasures1761000000022 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `alter table people add erased_at timestamptz,
         add constraint who_was_erased_is_gone check (erased_at is null or deleted_at is not null)`,
      // words: by what the traces are found; empty as soon as they are.
      `create table erasures (
         tenant_id int not null,
         person_id int not null,
         asked_at timestamptz not null,
         words text[] not null,
         finished_at timestamptz,
         primary key (tenant_id, person_id),
         constraint erasure_of_a_person foreign key (tenant_id, person_id) references people,
         constraint no_words_are_kept check (finished_at is null or words = '{}')
       )`,
      ...tenantTable('erasures', 'select', 'insert'),
      allow('person_passwords', 'delete'),
      allow('oneroster_records', 'delete'),
      // A group that was merged into another is no more.
      allow('groups', 'delete'),
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      ...['groups', 'oneroster_records', 'person_passwords'].map(table => `revoke delete on ${table} from ${applicationRole}`),
      'drop table erasures',
      'alter table people drop constraint who_was_erased_is_gone, drop erased_at',
    ]);
  }
}
