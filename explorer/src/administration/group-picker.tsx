import { useQuery } from '@apollo/client/react';
import { useDeferredValue, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FindGroupsDocument } from '../graph/operations';
import { Problem } from '../parts/problem';

interface Props {
  /** Only groups that can stand in this hierarchy; null for all of the tenant's. */
  hierarchyId: string | null;
  value: string | null;
  label: string;
  levelName(type: string): string | undefined;
  onPick(id: string): void;
}

/** Finds one group by a part of its name. */
export function GroupPicker({ hierarchyId, value, label, levelName, onPick }: Props) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const search = useDeferredValue(text);
  const { data, previousData, error } = useQuery(FindGroupsDocument, {
    variables: { search, hierarchyId, placed: null, first: 8, after: null },
  });
  const found = (data ?? previousData)?.groups;
  return (
    <fieldset className="picker">
      <legend>{label}</legend>
      <input
        type="search"
        aria-label={t('picker.search')}
        placeholder={t('picker.search')}
        value={text}
        onChange={event => setText(event.currentTarget.value)}
        autoComplete="off"
      />
      {error && !found ? (
        <Problem error={error} />
      ) : (
        <ul className="choices">
          {found?.nodes?.map(group => (
            <li key={group.id}>
              <label>
                <input type="radio" name="picked" checked={group.id === value} onChange={() => onPick(group.id)} />
                <span>{group.name}</span>
                <span className="kind">{levelName(group.type) ?? t(`type.${group.type as 'state'}`)}</span>
              </label>
            </li>
          ))}
        </ul>
      )}
      <p className="kind" role="status">
        {found && (found.totalCount > found.nodes.length
          ? t('picker.more', { count: found.totalCount - found.nodes.length })
          : found.totalCount === 0
            ? t('picker.none')
            : '')}
      </p>
    </fieldset>
  );
}
