import { useMutation, useQuery } from '@apollo/client/react';
import { useId, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { codesOf } from '../graph/client';
import { RiskSettingsDocument, SetRiskSettingsDocument, type ThresholdsFragment } from '../graph/operations';
import { Notice } from '../parts/notice';
import { Problem, Refused } from '../parts/problem';
import { RiskConflict } from './risk-conflict';
import { inputId, ThresholdField } from './threshold-field';
import { defaultFields, fieldsOf, inputOf, isValid, names, type Fields, type ThresholdName } from './thresholds';

/** From when on a student of the tenant counts as at risk: for administrators, who may change it. */
export function RiskSettings() {
  const { t } = useTranslation();
  const heading = useId();
  // Never begun with what is remembered: a version that is old by now could not be saved.
  const { data, error } = useQuery(RiskSettingsDocument, { fetchPolicy: 'network-only' });
  const settings = data?.riskSettings as ThresholdsFragment | undefined;
  return (
    <section className="block" aria-labelledby={heading}>
      <header className="block-head">
        <h2 id={heading}>{t('riskForm.title')}</h2>
      </header>
      {settings && <Form first={settings} />}
      {!settings && (error ? <Problem error={error} /> : <p className="loading">{t('state.loading')}</p>)}
    </section>
  );
}

const shown = (settings: ThresholdsFragment): Fields => fieldsOf(name => settings[name]);

function Form({ first }: { first: ThresholdsFragment }) {
  const { t } = useTranslation();
  /** What the fields began with: a save names its version. */
  const [read, setRead] = useState(first);
  const [fields, setFields] = useState(() => shown(first));
  const [areWrong, setWrong] = useState<readonly ThresholdName[]>([]);
  const [isSaved, setSaved] = useState(false);
  // Who is at risk is another question afterwards: whatever stands on the page is read anew.
  const [change, changing] = useMutation(SetRiskSettingsDocument, { refetchQueries: 'active' });
  const isConflict = codesOf(changing.error).includes('CONFLICT');
  const edit = (part: Partial<Fields>) => {
    setFields({ ...fields, ...part });
    setWrong([]);
    setSaved(false);
  };
  const begin = (settings: ThresholdsFragment) => {
    setRead(settings);
    setFields(shown(settings));
    setWrong([]);
    changing.reset();
  };
  const save = async (expectedVersion: number) => {
    const wrong = names.filter(name => !isValid(name, fields[name]));
    setWrong(wrong);
    setSaved(false);
    if (wrong[0]) return document.getElementById(inputId(wrong[0]))?.focus();
    const { data } = await change({ variables: { input: inputOf(fields, read), expectedVersion } }).catch(() => ({
      data: undefined, // `changing.error` tells why
    }));
    if (!data) return;
    begin(data.setRiskSettings as ThresholdsFragment);
    setSaved(true);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void save(read.version);
  };
  return (
    <form onSubmit={submit} noValidate>
      <p className="muted">{t('riskForm.lead')}</p>
      <div className="thresholds">
        {names.map(name => (
          <ThresholdField
            key={name}
            name={name}
            field={fields[name]}
            isWrong={areWrong.includes(name)}
            onChange={field => edit({ [name]: field })}
          />
        ))}
      </div>
      {isConflict && <RiskConflict onTake={begin} onOverwrite={version => void save(version)} />}
      {changing.error && !isConflict && <Refused error={changing.error} />}
      {isSaved && <Notice kind="good" title={t('riskForm.saved')} live />}
      <p className="actions">
        <button type="button" className="button" onClick={() => edit(defaultFields)}>
          {t('riskForm.defaults')}
        </button>
        <button type="submit" className="button primary" disabled={changing.loading || isConflict}>
          {t('action.save')}
        </button>
      </p>
    </form>
  );
}
