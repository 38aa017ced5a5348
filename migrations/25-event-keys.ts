import type { MigrationInterface, QueryRunner } from 'typeorm';
import { platformTenant } from './row-level-security';
import { runAll } from './run-all';

/** The first 128 bits of the SHA-256 of an id. */
const keyOf = (id: string): string => `encode(substr(sha256(convert_to(${id}, 'UTF8')), 1, 16), 'hex')::uuid`;

/**
 * Event ids are known by 16 bytes instead of by their text, which was kept twice, in the table and in its index: half the
 * size, and half the work of claiming one. By rewriting the column, which row-level security does not stand in the way of.
 */
export class EventKeys1761000000025 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `alter table event_ids alter column event_id type uuid using ${keyOf('event_id')}`,
      'alter table event_ids rename column event_id to event_key',
    ]);
  }

  /** An id whose activity is no longer kept stays a key: sent again, it would be taken for a new one. */
  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      'alter table event_ids rename column event_key to event_id',
      'alter table event_ids alter column event_id type text collate "C" using event_id::text',
      `do $$
       declare
         own int;
         tenants_there int[];
       begin
         perform set_config('app.tenant_id', '${platformTenant}', true);
         select array_agg(tenants.id) into tenants_there from tenants;
         foreach own in array coalesce(tenants_there, '{}') loop
           perform set_config('app.tenant_id', own::text, true);
           update event_ids set event_id = activity_events.event_id
           from activity_events
           where event_ids.tenant_id = own and activity_events.tenant_id = own
             and event_ids.event_id = ${keyOf('activity_events.event_id')}::text;
         end loop;
         perform set_config('app.tenant_id', '', true);
       end $$`,
    ]);
  }
}
