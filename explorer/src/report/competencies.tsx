import { useTranslation } from 'react-i18next';
import { formatCount, formatDay, formatScore, formatSpan, none } from '../texts/format';
import { expectedOf, percentCompleted, statuses } from './competency-share';
import { Provenance } from './provenance';
import type { ReportNode } from './rows';
import { Sparkline } from './sparkline';

interface Props {
  node: ReportNode;
  asOf: string;
  /** Whether a content source is asked for, which a competency's status does not have. */
  byContentSource: boolean;
  /** Whether the counts are of a part of all competencies: completion never is. */
  isFiltered: boolean;
}

/** How far the competencies are that are expected, and how that went through the period. */
export function Competencies({ node, asOf, byContentSource, isFiltered }: Props) {
  const { t } = useTranslation();
  const { competencyCounts: counts, competencyTrend: trend, completion, hierarchyId } = node;
  const total = counts ? expectedOf(counts) : 0;
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
        {total > 0 ? t('card.competenciesAsOf', { day: formatDay(asOf) }) : t('card.noCompetencies')}
        {byContentSource && ` ${t('card.notByContentSource')}`}
      </p>
    </article>
  );
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
