import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { MetricFilter } from '../graph/operations';
import { Icon } from '../parts/icon';
import { Popover } from '../parts/popover';
import { filters, isCut, meant, offered, type FilterName, type KnownValues } from './filter-values';

interface Props {
  filter: MetricFilter;
  /** What there is to filter by; undefined while nobody knows. */
  known: KnownValues | undefined;
  onToggle(isOpen: boolean): void;
  onChange(filter: MetricFilter): void;
}

export function FilterPicker({ filter, known, onToggle, onChange }: Props) {
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
      <Popover trigger={trigger} align="end" onToggle={onToggle}>
        {close => (
          <form
            key={JSON.stringify(filter)}
            className="fields"
            onSubmit={event => {
              event.preventDefault();
              const entered = new FormData(event.currentTarget);
              const next: MetricFilter = {};
              for (const name of filters) {
                const value = meant(String(entered.get(name)), offered(known, name));
                if (value) next[name] = value;
              }
              onChange(next);
              close();
            }}
          >
            {filters.map(name => (
              <Choice key={name} name={name} value={filter[name] ?? ''} values={offered(known, name)} />
            ))}
            {known && isCut(known) && <p className="muted">{t('filter.cut')}</p>}
            <p className="actions">
              <button
                type="button"
                className="button"
                onClick={() => {
                  onChange({});
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

/** One of what there is, or whatever else is typed. */
function Choice({ name, value, values }: { name: FilterName; value: string; values: readonly string[] }) {
  const { t } = useTranslation();
  const id = useId();
  return (
    <label className="field">
      <span>{t(`filter.${name}`)}</span>
      <input name={name} defaultValue={value} list={id} autoComplete="off" />
      <datalist id={id}>
        {values.map(one => (
          <option key={one} value={one} />
        ))}
      </datalist>
    </label>
  );
}
