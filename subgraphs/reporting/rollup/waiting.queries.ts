/**
 * Whether anything accepted is not folded yet: asked as each read begins, of the very moment that it sees. Where nothing
 * waits, nothing is looked for.
 */
export const areDeltasWaiting = (tenantId: number): string =>
  `select exists (select from fact_deltas where fact_deltas.tenant_id = ${tenantId}) as waiting`;

/** What the question found; without its answer, something may wait. */
export const waitingIn = ({ firstAnswer }: { firstAnswer?: object | undefined }): boolean =>
  (firstAnswer as { waiting: boolean } | undefined)?.waiting ?? true;
