import { useQuery } from '@apollo/client/react';
import { useTranslation } from 'react-i18next';
import { RiskSettingsDocument, type ThresholdsFragment } from '../graph/operations';
import { Notice } from '../parts/notice';
import { Problem } from '../parts/problem';
import { fieldOf, names, thresholds } from './thresholds';

interface Props {
  /** Shows theirs in the fields, to be changed from there. */
  onTake(theirs: ThresholdsFragment): void;
  /** Saves what is in the fields in place of theirs, which have this version. */
  onOverwrite(version: number): void;
}

/** Somebody else saved other thresholds since these were read: what they are now, and whose shall hold. */
export function RiskConflict({ onTake, onOverwrite }: Props) {
  const { t } = useTranslation();
  const { data, error } = useQuery(RiskSettingsDocument, { fetchPolicy: 'network-only' });
  const theirs = data?.riskSettings as ThresholdsFragment | undefined;
  if (!theirs && error) return <Problem error={error} />;
  return (
    <Notice kind="warning" title={t('riskForm.conflict')} live>
      {theirs && (
        <>
          <p>{t('riskForm.theirs')}</p>
          <dl className="facts">
            {names.map(name => {
              const { isOn, text } = fieldOf(name, theirs[name]);
              return (
                <div key={name}>
                  <dt>{t(`riskForm.${name}`)}</dt>
                  <dd>{isOn ? t(`riskForm.${thresholds[name].unit}`, { value: text }) : t('riskForm.off')}</dd>
                </div>
              );
            })}
          </dl>
          <p className="actions">
            <button type="button" className="button" onClick={() => onTake(theirs)}>
              {t('riskForm.take')}
            </button>
            <button type="button" className="button" onClick={() => onOverwrite(theirs.version)}>
              {t('riskForm.overwrite')}
            </button>
          </p>
        </>
      )}
    </Notice>
  );
}
