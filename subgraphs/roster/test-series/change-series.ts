import type { Transaction } from '../../shared/database/database';
import { violates } from '../../shared/database/violations';
import { notFound, Problem } from '../../shared/errors';
import { testSeriesNumber } from '../../shared/identifiers';
import { writeLog } from '../activity-log/write-log';
import { ownClass, type Change } from '../classes/own-class';
import { requiredText } from '../classes/texts';
import { ClassTestSeriesEntity, TestSeriesEntity } from './test-series.entity';
import { selectSeries } from './test-series.queries';

export async function createTestSeries(
  tx: Transaction,
  { name: given, now }: { name: string; now: Date },
): Promise<{ id: number; name: string }> {
  const name = requiredText(given, 'name');
  const { identifiers } = await tx.manager
    .getRepository(TestSeriesEntity)
    .insert({ tenantId: tx.tenantId, name, createdAt: now })
    .catch(error => {
      if (!violates(error, 'test_series_name_is_unique')) throw error;
      throw new Problem('CONFLICT', `There is a test series '${name}' already.`);
    });
  return { id: identifiers[0]!.id as number, name };
}

interface Assignment {
  classId: string;
  testSeriesId: string;
  change: Change;
}

/** Assigns a test series to a class, once; one that is assigned already stays as it is. */
export async function assignTestSeries(tx: Transaction, assignment: Assignment): Promise<void> {
  const key = await findBoth(tx, assignment);
  const { raw } = await tx.manager
    .getRepository(ClassTestSeriesEntity)
    .createQueryBuilder()
    .insert()
    .values({ ...key, assignedAt: assignment.change.now })
    .orIgnore()
    .returning('class_id')
    .execute();
  await note(tx, { action: 'TEST_SERIES_ADDED', assignment, key, changed: (raw as unknown[]).length > 0 });
}

/** Takes a test series from a class; one that it does not have is not taken. */
export async function removeTestSeries(tx: Transaction, assignment: Assignment): Promise<void> {
  const key = await findBoth(tx, assignment);
  const { affected } = await tx.manager.getRepository(ClassTestSeriesEntity).delete(key);
  await note(tx, { action: 'TEST_SERIES_REMOVED', assignment, key, changed: (affected ?? 0) > 0 });
}

async function note(
  tx: Transaction,
  {
    action,
    assignment,
    key,
    changed,
  }: {
    action: 'TEST_SERIES_ADDED' | 'TEST_SERIES_REMOVED';
    assignment: Assignment;
    key: { classId: number };
    changed: boolean;
  },
): Promise<void> {
  if (!changed) return tx.keepVersion();
  const metadata = { testSeriesId: assignment.testSeriesId };
  await writeLog(tx, assignment.change, [{ action, classId: key.classId, metadata }]);
}

async function findBoth(tx: Transaction, { classId, testSeriesId, change }: Assignment) {
  const { id } = await ownClass(tx, classId, change);
  const [series] = await selectSeries(tx, [testSeriesNumber(testSeriesId) ?? -1]);
  if (series === undefined) throw notFound(`There is no test series '${testSeriesId}'.`);
  return { tenantId: tx.tenantId, classId: id, testSeriesId: series };
}
