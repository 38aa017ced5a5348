import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useFrame, useToday } from '../app/frame-context';
import type { MetricFilter } from '../graph/operations';
import { Icon } from '../parts/icon';
import { Popover } from '../parts/popover';
import { formatPeriod } from '../texts/format';
import { isDay, periodOf, presetOf, presets } from './period';
import type { View } from './view';

interface Props {
  view: View;
  onChange(change: Partial<View>): void;
  onSwitch(hierarchyId: string): void;
}

export const Controls = ({ view, onChange, onSwitch }: Props) => (
  <>
    <HierarchySwitch view={view} onSwitch={onSwitch} />
    <PeriodPicker view={view} onChange={onChange} />
    <FilterPicker view={view} onChange={onChange} />
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

const filters = ['subject', 'contentSource', 'framework'] as const;

function FilterPicker({ view: { filter }, onChange }: Pick<Props, 'view' | 'onChange'>) {
  const { t } = useTranslation();
  const chosen = filters.filter(name => filter[name]);
  const trigger = (
    <>
      <Icon name="filter" />
      <span>{chosen.length > 0 ? chosen.map(name => filter[name]).join(', ') : t('filter.none')}</span>
      <Icon name="down" />
    </>
  );
  return (
    <div className="control">
      <span aria-hidden="true">{t('control.filter')}</span>
      <Popover trigger={trigger} align="end">
        {close => (
          <form
            key={JSON.stringify(filter)}
            className="fields"
            onSubmit={event => {
              event.preventDefault();
              const entered = new FormData(event.currentTarget);
              const next: MetricFilter = {};
              for (const name of filters) {
                const value = String(entered.get(name)).trim();
                if (value) next[name] = value;
              }
              onChange({ filter: next });
              close();
            }}
          >
            {filters.map(name => (
              <label key={name} className="field">
                <span>{t(`filter.${name}`)}</span>
                <input name={name} defaultValue={filter[name] ?? ''} autoComplete="off" />
              </label>
            ))}
            <p className="actions">
              <button
                type="button"
                className="button"
                onClick={() => {
                  onChange({ filter: {} });
                  close();
                }}
              >
                {t('filter.clear')}
              </button>
              <button className="button primary">{t('action.apply')}</button>
            </p>
          </form>
        )}
      </Popover>
    </div>
  );
}
