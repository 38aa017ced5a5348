import { createHash } from 'node:crypto';
import type { PoolClient } from 'pg';
import type { Given } from './version.queries';

/** A question about a tenant, without other parameters. */
export type Question = (tenantId: Given) => string;

/** A question that every read begins with, in the message that begins it. */
export interface FirstQuestion {
  ask: Question;
  /** Whether what was read by an earlier answer is right by a later one as well. */
  stillHolds(earlier: object, later: object): boolean;
}

/** A prepared statement's name: the same text, the same plan. The texts are this program's own, some hundred in all. */
export const nameOf = (sql: string): string => {
  let name = names.get(sql);
  if (!name) names.set(sql, (name = `s${createHash('sha256').update(sql).digest('hex').slice(0, 24)}`));
  return name;
};
const names = new Map<string, string>();

/** The connections on which statements stand ready, with their names. */
const ready = new WeakMap<PoolClient, Set<string>>();

/**
 * Prepares statements for messages of several statements, which have no parameters: `execute` runs them there by name.
 * Once a connection, outside a transaction.
 */
export async function prepareOn(client: PoolClient, statements: readonly string[]): Promise<void> {
  const known = ready.get(client) ?? new Set();
  ready.set(client, known);
  for (const sql of statements) {
    if (known.has(sql)) continue;
    await client.query(`prepare ${nameOf(sql)} as ${sql}`).catch((error: unknown) => {
      if ((error as { code?: string }).code !== isThereAlready) throw error;
    });
    known.add(sql);
  }
}

/** Prepared, and its answer lost: duplicate_prepared_statement. */
const isThereAlready = '42P05';

/** Runs a prepared statement with these numbers in its parameters' places. */
export const execute = (sql: string, ...numbers: number[]): string => `execute ${nameOf(sql)}(${numbers.join(', ')})`;
