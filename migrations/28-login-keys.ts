import type { MigrationInterface, QueryRunner } from 'typeorm';
import { runAll } from './run-all';

/**
 * The login in lower case, as a column of its own. Under row-level security a condition on lower(login) is no way into an
 * index, since that function is not proven to leak nothing of other tenants' rows: each sign-in read all the tenant's people.
 */
export class LoginKeys1761000000028 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      'alter table people add column login_key text not null generated always as (lower(login)) stored',
      'drop index person_login_is_unique',
      'create unique index person_login_is_unique on people (tenant_id, login_key)',
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      'drop index person_login_is_unique',
      'alter table people drop column login_key',
      'create unique index person_login_is_unique on people (tenant_id, lower(login))',
    ]);
  }
}
