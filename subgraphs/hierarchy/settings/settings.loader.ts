import type { Session } from '../../shared/database/session';
import { refuseUnusable } from '../hierarchies/choose';
import { selectHierarchiesByKey } from '../hierarchies/hierarchy.queries';
import { selectClassesChangingOther, selectPeopleChangingView, type HierarchyChange } from './hierarchy-change.queries';
import { SettingsEntity } from './settings.entity';

export function settingsLoaders({ session }: { session: Session }) {
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

  return { settings, hierarchyChange };
}
