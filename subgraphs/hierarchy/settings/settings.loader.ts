import type { Session } from '../../shared/database/session';
import { SettingsEntity } from './settings.entity';

export function settingsLoaders({ session }: { session: Session }) {
  let known: Promise<SettingsEntity> | undefined;
  /** The tenant's settings. */
  const settings = (): Promise<SettingsEntity> =>
    (known ??= session
      .read()
      .then(tx => tx.manager.getRepository(SettingsEntity).findOneByOrFail({ tenantId: tx.tenantId })));
  return { settings };
}
