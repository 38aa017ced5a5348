import { useQuery } from '@apollo/client/react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useFrame } from '../app/frame-context';
import { AllHierarchiesDocument } from '../graph/operations';
import type { HierarchyParts } from './hierarchies';

/** The hierarchy a page is about, from its address; the tenant's own until another is chosen. */
export function useChosenHierarchy() {
  const { settings, hierarchies: inUse } = useFrame();
  const [search, setSearch] = useSearchParams();
  const { data } = useQuery(AllHierarchiesDocument, { fetchPolicy: 'cache-first' });
  const all = (data?.hierarchies ?? []) as HierarchyParts[];
  const chosen = search.get('hierarchy') ?? settings.applicableHierarchy.id;
  return {
    chosen,
    all,
    /** Without placements it has no tree yet. */
    isInUse: inUse.some(({ id }) => id === chosen),
    levelName: (type: string) =>
      all.find(({ id }) => id === chosen)?.levels.find(level => level.type === type)?.name,
    choose: (id: string) => setSearch({ hierarchy: id }),
  };
}

export function ChooseHierarchy({ chosen, all, choose }: Pick<ReturnType<typeof useChosenHierarchy>, 'chosen' | 'all' | 'choose'>) {
  const { t } = useTranslation();
  return (
    <label className="control narrow">
      <span>{t('control.hierarchy')}</span>
      <select value={chosen} onChange={event => choose(event.currentTarget.value)}>
        {all.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
