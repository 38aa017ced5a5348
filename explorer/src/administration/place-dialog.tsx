import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFrame } from '../app/frame-context';
import { PlaceDocument, PlaceManyDocument } from '../graph/operations';
import { Dialog } from '../parts/dialog';
import { Refused } from '../parts/problem';
import { formatCount } from '../texts/format';
import { GroupPicker } from './group-picker';

export interface Placeable {
  id: string;
  name: string;
  type: string;
}

interface Props {
  /** One, or several that shall hang under the same parent. */
  things: readonly Placeable[];
  hierarchyId: string;
  levelName(type: string): string | undefined;
  onClose(): void;
}

/** Where groups or classes shall hang. Their figures, past ones too, go with them; what is below may come along. */
export function PlaceDialog({ things, hierarchyId, levelName, onClose }: Props) {
  const { t } = useTranslation();
  const { hierarchies } = useFrame();
  const [parentId, setParentId] = useState<string | null>(null);
  const [alongFrom, setAlongFrom] = useState('');
  const [place, { data, loading, error }] = useMutation(PlaceManyDocument, { refetchQueries: 'active' });
  const receipt = data?.placeMany;
  const title = things.length === 1
    ? t('place.title', { name: things[0]!.name })
    : t('place.titleOfMany', { count: things.length, things: formatCount(things.length) });
  const send = (): void => {
    const placements = things.map(({ id: childId }) => ({ childId, parentId }));
    place({ variables: { hierarchyId, placements, alongFrom: alongFrom || null } }).then(
      sent => sent.data?.placeMany.stayed === 0 && onClose(), // what did not come along is told first
      () => undefined,
    );
  };
  if (receipt && receipt.stayed > 0) {
    return (
      <Dialog title={title} onClose={onClose}>
        <div className="fields">
          <p role="status">
            {t('place.cameAlong', { count: receipt.cameAlong, things: formatCount(receipt.cameAlong) })}{' '}
            {t('place.stayed', { count: receipt.stayed, things: formatCount(receipt.stayed) })}
          </p>
          <p className="actions">
            <button type="button" className="button primary" onClick={onClose}>
              {t('action.close')}
            </button>
          </p>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="fields">
        <p className="muted">{t('place.figures')}</p>
        <GroupPicker label={t('place.under')} value={parentId} onPick={setParentId} {...{ hierarchyId, levelName }} />
        {things.some(({ type }) => type !== 'class') && (
          <label className="field">
            <span>{t('place.along')}</span>
            <select value={alongFrom} onChange={event => setAlongFrom(event.currentTarget.value)}>
              <option value="">{t('place.alone')}</option>
              {hierarchies
                .filter(({ id }) => id !== hierarchyId)
                .map(({ id, name }) => (
                  <option key={id} value={id}>
                    {t('place.asIn', { hierarchy: name })}
                  </option>
                ))}
            </select>
          </label>
        )}
        {error && <Refused error={error} />}
        <p className="actions">
          <button type="button" className="button" onClick={onClose}>
            {t('action.cancel')}
          </button>
          <button type="button" className="button primary" disabled={!parentId || loading} onClick={send}>
            {t('place.go')}
          </button>
        </p>
      </div>
    </Dialog>
  );
}

/** Asked before something loses its place: nothing is deleted, and the classes below go to the uncategorised. */
export function TakeOutDialog({ child, hierarchyId, onClose }: Pick<Props, 'hierarchyId' | 'onClose'> & { child: Placeable }) {
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
