import { useTranslation } from 'react-i18next';
import { Notice } from '../parts/notice';
import { formatPeriod } from '../texts/format';
import { filters, uncarried, type KnownValues } from './filter-values';
import { listed } from './listed';
import type { View } from './view';

interface Props {
  view: View;
  known: KnownValues | undefined;
}

/** Why a report has nothing: a filter by what no activity carries, filters that exclude each other, or no activity at all. */
export function NoActivity({ view: { filter, period }, known }: Props) {
  const { t } = useTranslation();
  const values = known?.filterValues;
  const without = uncarried(filter, values);
  const days = { period: formatPeriod(period.from, period.through) };
  if (without.length > 0) {
    return without.map(({ name, value, instead }) => (
      <Notice key={name} title={t(`uncarried.${name}`, { value })} live>
        <p>{instead.length > 0 ? t('uncarried.instead', { ...days, values: listed(instead, t) }) : t('uncarried.none', days)}</p>
      </Notice>
    ));
  }
  const excludeEachOther = values?.isComplete && filters.filter(name => filter[name]).length > 1;
  return (
    <Notice title={t('report.noActivity')}>
      <p>{excludeEachOther ? t('uncarried.together', days) : t('report.noActivityWhy', days)}</p>
    </Notice>
  );
}
