import type { Client } from 'pg';
import { closeToOtherTenants } from '../../../migrations/row-level-security';

const makingLock = 7_310_016;

/** Whether this connection is now the one that makes partitions; until its transaction ends. */
export async function becomeLeader(owner: Client): Promise<boolean> {
  const { rows } = await owner.query<{ leads: boolean }>('select pg_try_advisory_xact_lock($1) as leads', [makingLock]);
  return rows[0]!.leads;
}

export async function tableExists(owner: Client, table: string): Promise<boolean> {
  const { rows } = await owner.query<{ exists: boolean }>('select to_regclass($1) is not null as exists', [table]);
  return rows[0]!.exists;
}

export interface MonthOfATable {
  /** Partitioned by months of `column`, with a default partition. */
  table: string;
  column: string;
  rest: string;
  partition: string;
  /** The first day, and that of the next month. */
  from: string;
  before: string;
}

/**
 * Makes a month's partition. Rows of that month that had to go to the default partition come along; they are every
 * tenant's, which the owner sees only while the policy is not forced on it: within this transaction, and nobody else.
 */
export async function makeMonth(owner: Client, { table, column, rest, partition, from, before }: MonthOfATable): Promise<void> {
  const ofMonth = `${column} >= '${from}+00' and ${column} < '${before}+00'`;
  for (const statement of [
    `lock table ${table}, ${rest} in access exclusive mode`,
    `alter table ${rest} no force row level security`,
    `create temporary table strays on commit drop as select * from ${rest} where ${ofMonth}`,
    `delete from ${rest} where ${ofMonth}`,
    `alter table ${rest} force row level security`,
    `create table ${partition} partition of ${table} for values from ('${from}+00') to ('${before}+00')`,
    `insert into ${partition} select * from strays`,
    'drop table strays',
    ...closeToOtherTenants(partition),
  ]) {
    await owner.query(statement);
  }
}
