import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useFrame, useToday } from '../app/frame-context';
import { Icon } from '../parts/icon';
import { Popover } from '../parts/popover';
import { formatPeriod } from '../texts/format';
import { FilterPicker } from './filter-picker';
import type { KnownValues } from './filter-values';
import { isDay, periodOf, presetOf, presets } from './period';
import type { View } from './view';

interface Props {
  view: View;
  /** What there is to filter by: asked for while somebody is about to choose. */
  known: KnownValues | undefined;
  onChoosing(isChoosing: boolean): void;
  onChange(change: Partial<View>): void;
  onSwitch(hierarchyId: string): void;
}

export const Controls = ({ view, known, onChoosing, onChange, onSwitch }: Props) => (
  <>
    <HierarchySwitch view={view} onSwitch={onSwitch} />
    <PeriodPicker view={view} onChange={onChange} />
    <FilterPicker filter={view.filter} known={known} onToggle={onChoosing} onChange={filter => onChange({ filter })} />
  </>
);

function HierarchySwitch({ view, onSwitch }: Pick<Props, 'view' | 'onSwitch'>) {
  const { t } = useTranslation();
  const { hierarchies, settings } = useFrame();
  if (hierarchies.length === 0) return null;
  return (
    <label className="control">
      <span>{t('control.hierarchy')}</span>
      <select
        value={view.hierarchy ?? settings.applicableHierarchy.id}
        onChange={event => onSwitch(event.currentTarget.value)}
      >
        {hierarchies.map(({ id, name }) => (
          <option key={id} value={id}>
            {id === settings.applicableHierarchy.id ? t('control.own', { name }) : name}
          </option>
        ))}
      </select>
    </label>
  );
}

function PeriodPicker({ view: { period }, onChange }: Pick<Props, 'view' | 'onChange'>) {
  const { t } = useTranslation();
  const today = useToday();
  const preset = presetOf(period, today);
  const trigger = (
    <>
      <Icon name="calendar" />
      <span>{preset ? t(`period.${preset}`) : formatPeriod(period.from, period.through)}</span>
      <Icon name="down" />
    </>
  );
  return (
    <div className="control">
      <span aria-hidden="true">{t('control.period')}</span>
      <Popover trigger={trigger} align="end">
        {close => (
          <>
            <ul className="menu">
              {presets.map(one => (
                <li key={one}>
                  <button
                    type="button"
                    aria-pressed={one === preset}
                    onClick={() => {
                      onChange({ period: periodOf(one, today) });
                      close();
                    }}
                  >
                    <span>{t(`period.${one}`)}</span>
                    <span className="muted">{formatPeriod(periodOf(one, today).from, periodOf(one, today).through)}</span>
                  </button>
                </li>
              ))}
            </ul>
            <OwnPeriod
              key={`${period.from}${period.through}`}
              period={period}
              onChoose={own => {
                onChange({ period: own });
                close();
              }}
            />
          </>
        )}
      </Popover>
    </div>
  );
}

function OwnPeriod({ period, onChoose }: { period: View['period']; onChoose(period: View['period']): void }) {
  const { t } = useTranslation();
  const [from, setFrom] = useState(period.from);
  const [through, setThrough] = useState(period.through);
  const good = isDay(from) && isDay(through) && from <= through;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (good) onChoose({ from, through });
  };
  return (
    <form onSubmit={submit} className="own-period">
      <label>
        <span>{t('period.from')}</span>
        <input type="date" value={from} max={through} onChange={event => setFrom(event.currentTarget.value)} required />
      </label>
      <label>
        <span>{t('period.through')}</span>
        <input type="date" value={through} min={from} onChange={event => setThrough(event.currentTarget.value)} required />
      </label>
      <button className="button primary" disabled={!good}>
        {t('action.apply')}
      </button>
    </form>
  );
}
