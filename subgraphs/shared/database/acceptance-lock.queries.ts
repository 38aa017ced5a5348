/** The lock under which activity is accepted. */
export const acceptanceLock = 7_310_021;

/**
 * Shared by every transaction that accepts activity, from its beginning on: whoever moves a bound of what may be accepted
 * waits for those that began before, and those that begin afterwards see it. Sent with what begins them, so without
 * parameters.
 */
export const shareAcceptance = (tenantId: number): string => `select pg_advisory_xact_lock_shared(${acceptanceLock}, ${tenantId})`;
