import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { boundsOf, fieldOf, thresholds, type Field, type ThresholdName } from './thresholds';

interface Props {
  name: ThresholdName;
  field: Field;
  isWrong: boolean;
  onChange(field: Field): void;
}

export const inputId = (name: ThresholdName): string => `threshold-${name}`;

/** A reason to be at risk: whether it counts, and from which number on. */
export function ThresholdField({ name, field: { isOn, text }, isWrong, onChange }: Props) {
  const { t } = useTranslation();
  const [label, hint, wrong] = [useId(), useId(), useId()];
  const { unit, isWhole, byDefault } = thresholds[name];
  const { min, max } = boundsOf(name);
  const usual = fieldOf(name, byDefault);
  const bounds = { min, max: t(`riskForm.${unit}`, { value: max }) };
  return (
    <div className="threshold">
      <label id={label}>
        <input
          type="checkbox"
          checked={isOn}
          onChange={({ currentTarget: { checked } }) => onChange({ isOn: checked, text })}
        />{' '}
        {t(`riskForm.${name}`)}
      </label>
      <input
        id={inputId(name)}
        type="number"
        inputMode="decimal"
        aria-labelledby={label}
        aria-describedby={isWrong ? `${wrong} ${hint}` : hint}
        aria-invalid={isWrong}
        min={min}
        max={max}
        step={isWhole ? 1 : 'any'}
        disabled={!isOn}
        value={text}
        onChange={({ currentTarget: { value } }) => onChange({ isOn, text: value })}
      />
      <p id={hint} className="muted">
        {t('riskForm.bounds', bounds)}{' '}
        {usual.isOn ? t('riskForm.usual', { value: t(`riskForm.${unit}`, { value: usual.text }) }) : t('riskForm.usualOff')}
      </p>
      {isWrong && (
        <p id={wrong} className="wrong">
          {t(isWhole ? 'riskForm.wrongWhole' : 'riskForm.wrong', bounds)}
        </p>
      )}
    </div>
  );
}
