import type { Transaction } from '../database/database';

const acceptanceLock = 7_310_021;

/**
 * Shared by every transaction that accepts activity, from its beginning on: whoever moves a bound of what may be accepted
 * waits for those that began before, and those that begin afterwards see it. As one statement, without parameters.
 */
export const shareAcceptance = (tenantId: number): string => `select pg_advisory_xact_lock_shared(${acceptanceLock}, ${tenantId})`;

/** Waits until no activity is being accepted, and holds it off until the transaction ends. */
export const holdAcceptanceOff = (tx: Transaction): Promise<unknown> =>
  tx.query('select pg_advisory_xact_lock($1, $2)', [acceptanceLock, tx.tenantId]);
