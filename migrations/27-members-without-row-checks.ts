import type { MigrationInterface, QueryRunner } from 'typeorm';
import { runAll } from './run-all';

/** What was checked of each member of a student group: what the import has looked up or made, and nobody may delete. */
const checks: [table: string, constraint: string, definition: string][] = [
  ['student_group_students', 'student_of_a_student_group', 'foreign key (tenant_id, student_group_id) references student_groups'],
  ['student_group_students', 'student_is_a_person', 'foreign key (tenant_id, person_id) references people'],
  ['student_group_users', 'user_of_a_student_group', 'foreign key (tenant_id, student_group_id) references student_groups'],
];

/**
 * A foreign key looks its row up for each that is written, by a plan that nobody words: where the statistics know of no
 * rows, by any index that begins with the tenant, and so by reading all of the tenant for each member.
 */
export class MembersWithoutRowChecks1761000000027 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, checks.map(([table, constraint]) => `alter table ${table} drop constraint ${constraint}`));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(
      runner,
      checks.map(([table, constraint, definition]) => `alter table ${table} add constraint ${constraint} ${definition}`),
    );
  }
}
