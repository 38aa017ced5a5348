import type { MigrationInterface, QueryRunner } from 'typeorm';

/** In every table of the tenants that has rows of its own; of a partitioned one its partitions have them. */
const inEachTable = (act: string): string => `
  do $$
  declare own regclass;
  begin
    for own in
      select pg_class.oid from pg_class
      where pg_class.relnamespace = 'public'::regnamespace and pg_class.relkind = 'r' and not pg_class.relispartition
        and exists (select from pg_attribute
          where pg_attribute.attrelid = pg_class.oid and pg_attribute.attname = 'tenant_id' and not pg_attribute.attisdropped)
    loop
      execute format('alter table %s ${act}', own);
    end loop;
  end $$`;

/**
 * Autovacuum counts a table anew once a few thousand of its rows are new, however many there are: until it has, a new
 * tenant seems to have none. Nobody waits for this, and nothing is rewritten.
 */
export class CountedSoon1761000000026 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(inEachTable('set (autovacuum_analyze_threshold = 500, autovacuum_analyze_scale_factor = 0.001)'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(inEachTable('reset (autovacuum_analyze_threshold, autovacuum_analyze_scale_factor)'));
  }
}
