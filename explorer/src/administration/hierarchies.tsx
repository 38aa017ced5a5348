import { useMutation, useQuery } from '@apollo/client/react';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useFrame } from '../app/frame-context';
import {
  AllHierarchiesDocument,
  CreateHierarchyDocument,
  RemoveHierarchyDocument,
  UpdateHierarchyDocument,
  type AllHierarchiesQuery,
  type GroupType,
} from '../graph/operations';
import { Dialog } from '../parts/dialog';
import { Icon } from '../parts/icon';
import { Problem, Refused } from '../parts/problem';

export type HierarchyParts = NonNullable<AllHierarchiesQuery['hierarchies']>[number];

/** Every hierarchy there is, with its levels; a super admin makes and changes them. */
export function Hierarchies() {
  const { t } = useTranslation();
  const { settings, hierarchies: inUse, viewer } = useFrame();
  const { data, error } = useQuery(AllHierarchiesDocument);
  const [editing, setEditing] = useState<HierarchyParts | 'new' | null>(null);
  const [removing, setRemoving] = useState<HierarchyParts | null>(null);
  const mayDefine = viewer.roles.includes('SUPER_ADMIN');
  const all = data?.hierarchies as HierarchyParts[] | null | undefined;
  if (!all) return error ? <Problem error={error} /> : <p className="loading">{t('state.loading')}</p>;
  return (
    <>
      {mayDefine && (
        <p>
          <button type="button" className="button primary" onClick={() => setEditing('new')}>
            {t('hierarchies.new')}
          </button>
        </p>
      )}
      <ul className="hierarchies">
        {all.map(hierarchy => (
          <li key={hierarchy.id} className="block">
            <header className="block-head">
              <div>
                <h2>{hierarchy.name}</h2>
                {hierarchy.description && <p className="muted">{hierarchy.description}</p>}
              </div>
              <p className="badges">
                {hierarchy.id === settings.applicableHierarchy.id && (
                  <span className="mark mark-best">{t('hierarchies.own')}</span>
                )}
                {!inUse.some(({ id }) => id === hierarchy.id) && (
                  <span className="mark mark-quiet">{t('hierarchies.unused')}</span>
                )}
                {mayDefine && (
                  <>
                    <button type="button" className="button small" onClick={() => setEditing(hierarchy)}>
                      {t('hierarchies.edit')}
                    </button>
                    <button type="button" className="button small" onClick={() => setRemoving(hierarchy)}>
                      {t('hierarchies.remove')}
                      <span className="hidden"> {hierarchy.name}</span>
                    </button>
                  </>
                )}
              </p>
            </header>
            <ol className="levels">
              {hierarchy.levels.map(level => (
                <li key={level.sequence}>
                  <span>{level.name}</span>
                  <span className="kind">{level.stored ? t('hierarchies.stored') : t('hierarchies.readTime')}</span>
                </li>
              ))}
            </ol>
            <p className="kind">
              {t('hierarchies.about', { id: hierarchy.id, version: hierarchy.version })}
            </p>
          </li>
        ))}
      </ul>
      {editing && <HierarchyDialog hierarchy={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
      {removing && <RemoveDialog hierarchy={removing} onClose={() => setRemoving(null)} />}
    </>
  );
}

/** Asked before a hierarchy goes for all tenants; refused while one of them uses it. */
function RemoveDialog({ hierarchy, onClose }: { hierarchy: HierarchyParts; onClose(): void }) {
  const { t } = useTranslation();
  const [remove, { loading, error }] = useMutation(RemoveHierarchyDocument, { refetchQueries: 'active', onCompleted: onClose });
  return (
    <Dialog title={t('hierarchies.removeTitle', { name: hierarchy.name })} onClose={onClose}>
      <div className="fields">
        <p>{t('hierarchies.removeWhat')}</p>
        {error && <Refused error={error} />}
        <p className="actions">
          <button type="button" className="button" onClick={onClose}>
            {t('action.cancel')}
          </button>
          <button
            type="button"
            className="button primary"
            disabled={loading}
            onClick={() => void remove({ variables: { id: hierarchy.id } }).catch(() => undefined)}
          >
            {t('hierarchies.removeGo')}
          </button>
        </p>
      </div>
    </Dialog>
  );
}

const types: readonly GroupType[] = ['country', 'state', 'district', 'school_district', 'block', 'cluster', 'school'];

function HierarchyDialog({ hierarchy, onClose }: { hierarchy: HierarchyParts | null; onClose(): void }) {
  const { t } = useTranslation();
  const [levels, setLevels] = useState(
    hierarchy?.levels.filter(({ type }) => type !== 'class').map(({ name, type, stored }) => ({ name, type, stored })) ?? [
      { name: '', type: 'country' as GroupType, stored: true },
    ],
  );
  const options = { refetchQueries: 'active' as const, onCompleted: onClose };
  const [create, creating] = useMutation(CreateHierarchyDocument, options);
  const [update, updating] = useMutation(UpdateHierarchyDocument, options);
  const error = creating.error ?? updating.error;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const entered = new FormData(event.currentTarget);
    const input = {
      name: String(entered.get('name')),
      description: String(entered.get('description')) || null,
      levels,
    };
    const sent = hierarchy ? update({ variables: { id: hierarchy.id, input } }) : create({ variables: { input } });
    sent.catch(() => undefined); // what was refused stands in the dialog
  };
  const setLevel = (index: number, part: Partial<(typeof levels)[number]>) =>
    setLevels(levels.map((level, at) => (at === index ? { ...level, ...part } : level)));
  return (
    <Dialog title={hierarchy ? t('hierarchies.editTitle', { name: hierarchy.name }) : t('hierarchies.new')} onClose={onClose}>
      <form className="fields" onSubmit={submit}>
        <label className="field">
          <span>{t('column.name')}</span>
          <input name="name" defaultValue={hierarchy?.name ?? ''} required maxLength={512} />
        </label>
        <label className="field">
          <span>{t('hierarchies.description')}</span>
          <input name="description" defaultValue={hierarchy?.description ?? ''} />
        </label>
        <fieldset className="level-fields">
          <legend>{t('hierarchies.levels')}</legend>
          {levels.map((level, index) => (
            <div key={index} className="level-row">
              <input
                aria-label={t('hierarchies.levelName', { number: index + 1 })}
                value={level.name}
                onChange={event => setLevel(index, { name: event.currentTarget.value })}
                required
              />
              <select
                aria-label={t('hierarchies.levelType', { number: index + 1 })}
                value={level.type}
                onChange={event => setLevel(index, { type: event.currentTarget.value as GroupType })}
              >
                {types.map(type => (
                  <option key={type} value={type}>
                    {t(`type.${type as 'country'}`)}
                  </option>
                ))}
              </select>
              <label>
                <input
                  type="checkbox"
                  checked={level.stored}
                  onChange={event => setLevel(index, { stored: event.currentTarget.checked })}
                />{' '}
                {t('hierarchies.stored')}
              </label>
              <button
                type="button"
                className="button quiet"
                aria-label={t('hierarchies.removeLevel', { number: index + 1 })}
                disabled={levels.length === 1}
                onClick={() => setLevels(levels.filter((_, at) => at !== index))}
              >
                <Icon name="close" />
              </button>
            </div>
          ))}
          <button
            type="button"
            className="button small"
            onClick={() => setLevels([...levels, { name: '', type: 'school', stored: true }])}
          >
            {t('hierarchies.addLevel')}
          </button>
        </fieldset>
        {error && <Refused error={error} />}
        <p className="actions">
          <button type="button" className="button" onClick={onClose}>
            {t('action.cancel')}
          </button>
          <button className="button primary" disabled={creating.loading || updating.loading}>
            {t('action.save')}
          </button>
        </p>
      </form>
    </Dialog>
  );
}
