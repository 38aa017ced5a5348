import type { MigrationInterface, QueryRunner } from 'typeorm';
import { allow, applicationRole } from './row-level-security';
import { runAll } from './run-all';

/** A hierarchy that nobody uses can be removed, and with it the row by which a tenant's placements there were locked. */
export class HierarchiesThatGo1761000000029 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [allow('tenant_hierarchies', 'delete')]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [`revoke delete on tenant_hierarchies from ${applicationRole}`]);
  }
}
