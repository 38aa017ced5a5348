import { useMutation, useQuery } from '@apollo/client/react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFrame } from '../app/frame-context';
import {
  BuildProgressDocument,
  ChooseHierarchyDocument,
  HierarchyChangeDocument,
} from '../graph/operations';
import { Notice } from '../parts/notice';
import { Problem, Refused } from '../parts/problem';
import { formatCount } from '../texts/format';

/** The tenant's own hierarchy, and what choosing another would change, before anybody does it. */
export function OwnHierarchy() {
  const { t } = useTranslation();
  const { hierarchies, settings } = useFrame();
  const own = settings.applicableHierarchy.id;
  const [wanted, setWanted] = useState<string | null>(null);
  const [isSwitched, setIsSwitched] = useState(false);
  const nameOf = (id: string) => hierarchies.find(one => one.id === id)?.name ?? id;
  const others = hierarchies.filter(({ id }) => id !== own);
  return (
    <>
      <section className="block">
        <dl className="facts">
          <dt>{t('own.current')}</dt>
          <dd>
            <strong>{nameOf(own)}</strong>
          </dd>
          <dt>{t('own.timeZone')}</dt>
          <dd>{settings.timeZone}</dd>
        </dl>
      </section>
      <section className="block" aria-labelledby="other-choices">
        <h2 id="other-choices">{t('own.change')}</h2>
        {others.length === 0 && <p className="muted">{t('own.noOther')}</p>}
        <ul className="choices">
          {others.map(({ id, name }) => (
            <li key={id}>
              <label>
                <input
                  type="radio"
                  name="own"
                  checked={id === wanted}
                  onChange={() => {
                    setWanted(id);
                    setIsSwitched(false);
                  }}
                />
                <span>{name}</span>
              </label>
            </li>
          ))}
        </ul>
        {wanted && wanted !== own && (
          <Preview
            key={wanted}
            hierarchyId={wanted}
            name={nameOf(wanted)}
            onSwitched={() => {
              setIsSwitched(true);
              setWanted(null);
            }}
          />
        )}
      </section>
      {isSwitched && <Notice kind="good" title={t('own.switched', { name: nameOf(own) })} live />}
      <Building />
    </>
  );
}

interface PreviewProps {
  hierarchyId: string;
  name: string;
  onSwitched(): void;
}

function Preview({ hierarchyId, name, onSwitched }: PreviewProps) {
  const { t } = useTranslation();
  const { settings } = useFrame();
  const { data, error } = useQuery(HierarchyChangeDocument, { variables: { hierarchyId }, fetchPolicy: 'network-only' });
  const [choose, choosing] = useMutation(ChooseHierarchyDocument, {
    variables: { hierarchyId, expectedVersion: settings.version },
    refetchQueries: 'active',
    onCompleted: onSwitched,
  });
  const preview = data?.hierarchyChangePreview;
  if (!preview) return error ? <Problem error={error} /> : <p className="loading">{t('state.loading')}</p>;
  const changes = [
    ['classesToOther', preview.classesToOther],
    ['classesFromOther', preview.classesFromOther],
    ['usersGainingAccess', preview.usersGainingAccess],
    ['usersLosingAccess', preview.usersLosingAccess],
    ['rowsToRead', preview.rowsToRead],
  ] as const;
  return (
    <div className="preview" role="status">
      <h3>{t('own.preview', { name })}</h3>
      <dl className="preview-figures">
        {changes.map(([what, count]) => (
          <div key={what}>
            <dt>{t(`own.${what}`)}</dt>
            <dd>{formatCount(count)}</dd>
          </div>
        ))}
      </dl>
      <p className="muted">
        {preview.levelsToBuild?.length
          ? t('own.levelsToBuild', { levels: preview.levelsToBuild.join(', ') })
          : t('own.nothingToBuild')}
      </p>
      {choosing.error && <Refused error={choosing.error} />}
      <p className="actions">
        <button
          type="button"
          className="button primary"
          disabled={choosing.loading}
          onClick={() => void choose().catch(() => undefined)}
        >
          {t('own.go', { name })}
        </button>
      </p>
    </div>
  );
}

/** Sums that are being made anew, as long as there are any. */
function Building() {
  const { t } = useTranslation();
  const { data } = useQuery(BuildProgressDocument, { pollInterval: 2_000, fetchPolicy: 'network-only' });
  const progress = data?.buildProgress;
  return (
    <section className="block" aria-labelledby="building-heading">
      <h2 id="building-heading">{t('own.building')}</h2>
      {progress ? (
        <label className="field">
          <span>{t('own.step', { step: progress.step, done: progress.done, steps: progress.steps })}</span>
          <progress value={progress.done} max={progress.steps} />
        </label>
      ) : (
        <p className="muted">{t('own.built')}</p>
      )}
    </section>
  );
}
