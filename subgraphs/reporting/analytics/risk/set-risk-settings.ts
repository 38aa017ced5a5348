import type { Transaction } from '../../../shared/database/database';
import { Problem } from '../../../shared/errors';
import { lockRisk, updateRisk } from './risk-settings.queries';
import { checkThresholds, type Thresholds } from './thresholds';

/** Replaces a tenant's thresholds, if they still have the version that was read. */
export async function setRiskSettings(
  tx: Transaction,
  { thresholds, expectedVersion }: { thresholds: Thresholds; expectedVersion: number },
): Promise<void> {
  checkThresholds(thresholds);
  const { version } = await lockRisk(tx);
  if (version !== expectedVersion) {
    throw new Problem(
      'CONFLICT',
      `The settings have changed since they were read: they have version ${version}, expected was ${expectedVersion}.`,
    );
  }
  await updateRisk(tx, thresholds);
}
