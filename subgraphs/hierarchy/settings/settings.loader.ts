import { keptFigures } from '../../reporting/published';
import type { Session } from '../../shared/database/session';
import { readRetention } from '../../shared/retention/retention';
import { refuseUnusable } from '../hierarchies/choose';
import { selectHierarchiesByKey } from '../hierarchies/hierarchy.queries';
import { selectClassesChangingOther, selectPeopleChangingView, type HierarchyChange } from './hierarchy-change.queries';
import type { Retention } from './retention.type';
import { SettingsEntity } from './settings.entity';

export function settingsLoaders({ session, now }: { session: Session; now: Date }) {
  let known: Promise<SettingsEntity> | undefined;
  /** The tenant's settings. */
  const settings = (): Promise<SettingsEntity> =>
    (known ??= session
      .read()
      .then(tx => tx.manager.getRepository(SettingsEntity).findOneByOrFail({ tenantId: tx.tenantId })));

  /** What making a hierarchy the tenant's own would change; refused as the change itself would be. */
  const hierarchyChange = async (key: string): Promise<HierarchyChange> => {
    const tx = await session.read();
    const [hierarchy] = await selectHierarchiesByKey(tx, [key]);
    const { id } = refuseUnusable(hierarchy, key);
    const change = { from: (await settings()).applicableHierarchyId, to: id };
    return { ...(await selectClassesChangingOther(tx, change)), ...(await selectPeopleChangingView(tx, change)) };
  };

  /** For how long what is kept, and from when on what is to be seen now. */
  const retention = async (): Promise<Retention> => {
    const tx = await session.read();
    const { hidden: _, ...kept } = await keptFigures(tx, now);
    return { ...(await readRetention(tx)), ...kept };
  };

  return { settings, retention, hierarchyChange };
}
