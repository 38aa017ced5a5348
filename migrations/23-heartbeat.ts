import type { MigrationInterface, QueryRunner } from 'typeorm';
import { allow } from './row-level-security';
import { runAll } from './run-all';

/**
 * The time, as the process that leads writes it down every second. A replica shows how far it has come by the row it
 * shows: whatever was committed before that moment is on it. No tenant's: it holds nothing but the time.
 */
export class Heartbeat1761000000023 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `create table heartbeat (
         single boolean primary key default true constraint one_row check (single),
         beat_at timestamptz not null
       ) with (fillfactor = 10)`, // changed in place, second by second
      `insert into heartbeat (beat_at) values ('-infinity')`,
      'alter table heartbeat enable row level security',
      'alter table heartbeat force row level security',
      'create policy heartbeat_shared on heartbeat for select using (true)',
      // The owner alone may update anything here: the application is not granted it.
      'create policy heartbeat_kept_by_the_owner on heartbeat for update using (true) with check (true)',
      allow('heartbeat', 'select'),
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, ['drop table heartbeat']);
  }
}
