import { countActivity } from '../../hierarchy/published';
import { keepCompetencyCounts } from '../../reporting/published';
import type { Transaction } from '../../shared/database/database';
import { classNumber } from '../../shared/identifiers';
import { writeLog } from '../activity-log/write-log';
import { ClassEntity } from './class.entity';
import { ownClass, type Change } from './own-class';

/** Takes a class out of the counts, or back into them; its place and its figures stay. */
export async function setClassActive(
  tx: Transaction,
  { classId, active, change }: { classId: string; active: boolean; change: Change },
): Promise<void> {
  await countActivity(tx, classNumber(classId) ?? -1, async () => {
    const { id, active: before } = await ownClass(tx, classId, change);
    if (before === active) {
      tx.keepVersion();
      return 0;
    }
    await keepCompetencyCounts(tx, { classes: [id], now: change.now }, () =>
      tx.manager.getRepository(ClassEntity).update({ tenantId: tx.tenantId, id }, { active, updatedAt: change.now }),
    );
    await writeLog(tx, change, [{ action: 'GROUP_UPDATED', classId: id, metadata: { active } }]);
    return active ? 1 : -1;
  });
}
