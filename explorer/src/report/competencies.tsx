import { useTranslation } from 'react-i18next';
import type { MetricFilter } from '../graph/operations';
import type { Translate } from '../texts';
import { formatCount, formatDay, formatScore, formatSpan, none } from '../texts/format';
import { expectedOf, percentCompleted, statuses } from './competency-share';
import { uncarried, type KnownValues } from './filter-values';
import { listed } from './listed';
import { Provenance } from './provenance';
import type { ReportNode } from './rows';
import { Sparkline } from './sparkline';

interface Props {
  node: ReportNode;
  asOf: string;
  filter: MetricFilter;
  /** What there is to filter by, where that was asked for. */
  known: KnownValues | undefined;
}

/** How far the competencies are that are expected, and how that went through the period. */
export function Competencies({ node, asOf, filter, known }: Props) {
  const { t } = useTranslation();
  const { competencyCounts: counts, competencyTrend: trend, completion, hierarchyId } = node;
  const total = counts ? expectedOf(counts) : 0;
  /** Whether the counts are of a part of all competencies: completion never is. */
  const isFiltered = Boolean(filter.subject ?? filter.framework);
  return (
    <article className="card card-competencies">
      <header>
        <h2>{t('measure.competencies')}</h2>
        <Provenance of={t('measure.competencies')} origin={counts?.provenance} hierarchyId={hierarchyId} />
      </header>
      {counts && total > 0 ? (
        <>
          <p className="card-value">
            {formatScore(percentCompleted(counts))} <small>{t('card.completed')}</small>
          </p>
          <span className="stack" aria-hidden="true">
            {statuses.map(status => (
              <span key={status} className={`status-${status}`} style={{ inlineSize: `${(counts[status] / total) * 100}%` }} />
            ))}
          </span>
          <dl className="statuses">
            {statuses.map(status => (
              <div key={status}>
                <dt>
                  <span className={`swatch status-${status}`} aria-hidden="true" />
                  {t(`status.${status}`)}
                </dt>
                <dd>{formatCount(counts[status])}</dd>
              </div>
            ))}
          </dl>
          {trend && trend.length > 0 && <OverTime trend={trend} />}
        </>
      ) : (
        <p className="card-value">{none}</p>
      )}
      {completion && completion.rate !== null && (
        <p className="card-detail">
          {t(isFiltered ? 'card.completionOfAll' : 'card.completionOf', {
            rate: formatScore(completion.rate * 100),
            completed: formatCount(completion.completed),
            expected: formatCount(completion.expected),
            day: formatDay(asOf),
          })}
        </p>
      )}
      <p className="card-detail">
        {total > 0 ? t('card.competenciesAsOf', { day: formatDay(asOf) }) : whyNone(filter, known, t)}
        {filter.contentSource && ` ${t('card.notByContentSource')}`}
      </p>
    </article>
  );
}

/** Why no competency is counted: by a filter of what none has, as far as that is known. */
function whyNone(filter: MetricFilter, known: KnownValues | undefined, t: Translate): string {
  const without = uncarried(filter, known?.competencyFilterValues).filter(({ instead }) => instead.length > 0);
  if (without.length > 0) {
    // A content source is none of theirs, and so never among these.
    return without.map(({ name, value, instead }) => t(`unexpected.${name as 'subject'}`, { value, values: listed(instead, t) })).join(' ');
  }
  return t(filter.subject || filter.framework ? 'card.noCompetenciesFiltered' : 'card.noCompetencies');
}

/** The share completed as a line; all statuses of each point for those who do not see it. */
function OverTime({ trend }: { trend: NonNullable<ReportNode['competencyTrend']> }) {
  const { t } = useTranslation();
  return (
    <>
      <Sparkline values={trend.map(percentCompleted)} kind="line" />
      <div className="hidden">
        <table>
          <caption>{t('card.competencyTrend')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('control.period')}</th>
              {statuses.map(status => (
                <th key={status} scope="col">
                  {t(`status.${status}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {trend.map(point => (
              <tr key={point.from}>
                <th scope="row">{formatSpan(point.from, point.through)}</th>
                {statuses.map(status => (
                  <td key={status}>{formatCount(point[status])}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
