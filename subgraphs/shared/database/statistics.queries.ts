import type { Transaction } from './database';

/** Lets the database count its rows: of tables that have just been filled it would guess, and plan badly, for a minute. */
export const refreshStatistics = (tx: Transaction): Promise<unknown> =>
  tx.query(`
    do $$
    declare own regclass;
    begin
      for own in
        select pg_class.oid from pg_class
        where pg_class.relkind in ('r', 'p') and pg_class.relnamespace = 'public'::regnamespace
          and pg_has_role(pg_class.relowner, 'usage')
      loop
        execute format('analyze %s', own);
      end loop;
    end $$`);
