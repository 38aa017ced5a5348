import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { PlaceDocument } from '../graph/operations';
import { Dialog } from '../parts/dialog';
import { Refused } from '../parts/problem';
import { GroupPicker } from './group-picker';

interface Props {
  child: { id: string; name: string };
  hierarchyId: string;
  levelName(type: string): string | undefined;
  onClose(): void;
}

/** Where a group or class shall hang. Its figures, past ones too, go with it. */
export function PlaceDialog({ child, hierarchyId, levelName, onClose }: Props) {
  const { t } = useTranslation();
  const [parentId, setParentId] = useState<string | null>(null);
  const [place, { loading, error }] = useMutation(PlaceDocument, { refetchQueries: 'active', onCompleted: onClose });
  return (
    <Dialog title={t('place.title', { name: child.name })} onClose={onClose}>
      <div className="fields">
        <p className="muted">{t('place.figures')}</p>
        <GroupPicker label={t('place.under')} value={parentId} onPick={setParentId} {...{ hierarchyId, levelName }} />
        {error && <Refused error={error} />}
        <p className="actions">
          <button type="button" className="button" onClick={onClose}>
            {t('action.cancel')}
          </button>
          <button
            type="button"
            className="button primary"
            disabled={!parentId || loading}
            onClick={() => void place({ variables: { hierarchyId, childId: child.id, parentId } }).catch(() => undefined)}
          >
            {t('place.go')}
          </button>
        </p>
      </div>
    </Dialog>
  );
}

/** Asked before something loses its place: nothing is deleted, and the classes below go to the uncategorised. */
export function TakeOutDialog({ child, hierarchyId, onClose }: Omit<Props, 'levelName'>) {
  const { t } = useTranslation();
  const [place, { loading, error }] = useMutation(PlaceDocument, { refetchQueries: 'active', onCompleted: onClose });
  return (
    <Dialog title={t('takeOut.title', { name: child.name })} onClose={onClose}>
      <div className="fields">
        <p>{t('takeOut.what')}</p>
        {error && <Refused error={error} />}
        <p className="actions">
          <button type="button" className="button" onClick={onClose}>
            {t('action.cancel')}
          </button>
          <button
            type="button"
            className="button primary"
            disabled={loading}
            onClick={() =>
              void place({ variables: { hierarchyId, childId: child.id, parentId: null } }).catch(() => undefined)
            }
          >
            {t('takeOut.go')}
          </button>
        </p>
      </div>
    </Dialog>
  );
}
