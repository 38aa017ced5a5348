import type { Session } from '../../shared/database/session';
import { Loader } from '../../shared/loader';
import { selectHierarchies, selectHierarchiesByKey, selectLevels, selectOwnHierarchy, type HierarchyRow, type LevelRow } from './hierarchy.queries';

export function hierarchyLoaders({ session }: { session: Session }) {
  const levels = new Loader<number, LevelRow[]>('levels', async ids => {
    const rows = await selectLevels(await session.read(), ids);
    return ids.map(id => rows.filter(row => row.hierarchyId === id));
  });

  const hierarchyByKey = new Loader<string, HierarchyRow | null>('hierarchies', async keys => {
    const rows = await selectHierarchiesByKey(await session.read(), keys);
    return keys.map(key => rows.find(row => row.key === key) ?? null);
  });

  let own: Promise<HierarchyRow> | undefined;
  const ownHierarchy = (): Promise<HierarchyRow> => (own ??= session.read().then(selectOwnHierarchy));

  /** Every hierarchy there is, by name. */
  const allHierarchies = async (): Promise<HierarchyRow[]> => selectHierarchies(await session.read());

  return { levels, hierarchyByKey, ownHierarchy, allHierarchies };
}
