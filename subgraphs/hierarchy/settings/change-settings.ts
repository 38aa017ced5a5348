import type { Transaction } from '../../shared/database/database';
import { badInput, Problem } from '../../shared/errors';
import { checkTimes } from '../../shared/retention/retention';
import { holdAcceptanceOff, selectRetention, updateTimes, usualTimes, type RetentionTimes } from '../../shared/retention/retention.queries';
import { selectTimeZones } from '../bundle-platform.queries';
import { refuseUnusable } from '../hierarchies/choose';
import { selectHierarchiesByKey } from '../hierarchies/hierarchy.queries';
import { SettingsEntity } from './settings.entity';

/** Makes a hierarchy the tenant's own. One in which the tenant has placed nothing is refused. */
export async function setApplicableHierarchy(
  tx: Transaction,
  { hierarchyKey, expectedVersion }: { hierarchyKey: string; expectedVersion: number },
): Promise<void> {
  const [hierarchy] = await selectHierarchiesByKey(tx, [hierarchyKey]);
  const { id } = refuseUnusable(hierarchy, hierarchyKey);
  await change(tx, { applicableHierarchyId: id }, expectedVersion);
}

/**
 * From now on: days that are past keep their boundaries. What is being accepted is so by one time zone, its figures, its
 * statuses and the note by which they expire.
 */
export async function setTimeZone(
  tx: Transaction,
  { timeZone, expectedVersion }: { timeZone: string; expectedVersion: number },
): Promise<void> {
  // The service has short names besides, such as IST, of which the database knows none, or another: days would differ.
  const known = (await selectTimeZones(tx, [timeZone])).get(timeZone.toLowerCase());
  if (known === undefined || !isTimeZone(timeZone)) {
    throw badInput(`A time zone is given by its IANA name, such as Europe/London; '${timeZone}' is none.`);
  }
  await holdAcceptanceOff(tx);
  await change(tx, { timeZone: known }, expectedVersion);
}

/** For how long what is kept. By a shorter time, what has expired by it is out of sight at once. */
export async function setRetention(
  tx: Transaction,
  { times, expectedVersion }: { times: Partial<RetentionTimes>; expectedVersion: number },
): Promise<void> {
  await change(tx, {}, expectedVersion);
  const known = await selectRetention(tx);
  const given = Object.fromEntries(Object.entries(times).filter(([, time]) => time !== undefined));
  await updateTimes(tx, checkTimes(given, timesOf(known)));
}

const timesOf = (known: RetentionTimes): RetentionTimes =>
  Object.fromEntries(Object.keys(usualTimes).map(name => [name, known[name as keyof RetentionTimes]])) as unknown as RetentionTimes;

function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z_]+(\/[A-Za-z0-9_+-]+)*$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

async function change(tx: Transaction, columns: Partial<SettingsEntity>, expectedVersion: number): Promise<void> {
  const settings = tx.manager.getRepository(SettingsEntity);
  const found = await settings.findOneOrFail({
    where: { tenantId: tx.tenantId },
    lock: { mode: 'pessimistic_write' },
  });
  if (found.version !== expectedVersion) {
    throw new Problem(
      'CONFLICT',
      `The settings have changed since they were read: they have version ${found.version}, expected was ${expectedVersion}.`,
    );
  }
  await settings.update({ tenantId: tx.tenantId }, { ...columns, version: found.version + 1 });
}
