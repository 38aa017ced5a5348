import { useTranslation } from 'react-i18next';
import { formatCount, formatDay, formatScore, formatTime, none } from '../texts/format';
import { Card } from './card';
import { Provenance } from './provenance';
import type { Report, ReportNode } from './rows';
import { Sparkline } from './sparkline';

interface Props {
  report: Report;
  node: ReportNode;
  asOf: string;
  /** Whether a content source is asked for, which a competency's status does not have. */
  byContentSource: boolean;
}

export function Cards({ report, node, asOf, byContentSource }: Props) {
  const { t } = useTranslation();
  const { performance, timeSpent } = report.node;
  const { hierarchyId } = node;
  const scores = node.performanceTrend?.map(({ averageScore }) => averageScore);
  const attempts = node.performanceTrend?.map(point => point.attempts);
  const seconds = node.timeSpentTrend?.map(({ totalSeconds }) => totalSeconds);
  return (
    <section className="cards" aria-label={t('report.figures')}>
      <Card
        title={t('measure.score')}
        value={formatScore(performance?.averageScore)}
        origin={performance?.provenance}
        hierarchyId={hierarchyId}
        trend={scores && <Sparkline values={scores} kind="line" />}
      >
        {t('card.ofAttempts', { count: performance?.attempts ?? 0, attempts: formatCount(performance?.attempts) })}
      </Card>
      <Card
        title={t('measure.attempts')}
        value={formatCount(performance?.attempts)}
        origin={performance?.provenance}
        hierarchyId={hierarchyId}
        trend={attempts && <Sparkline values={attempts} kind="bars" />}
      >
        {t('card.perLearner', { value: ratio(performance?.attempts, performance?.learners) })}
      </Card>
      <Card
        title={t('measure.time')}
        value={formatTime(timeSpent?.totalSeconds)}
        origin={timeSpent?.provenance}
        hierarchyId={hierarchyId}
        trend={seconds && <Sparkline values={seconds} kind="bars" />}
      >
        {t('card.split', {
          collection: formatTime(timeSpent?.collectionSeconds),
          assessment: formatTime(timeSpent?.assessmentSeconds),
        })}
      </Card>
      <Card
        title={t('measure.learners')}
        value={formatCount(performance?.learners)}
        origin={performance?.provenance}
        hierarchyId={hierarchyId}
      >
        {t('card.learnersWithTime', { count: timeSpent?.learners ?? 0, learners: formatCount(timeSpent?.learners) })}
        <br />
        {t('card.enrolled', { count: node.studentCount ?? 0, students: formatCount(node.studentCount) })}
      </Card>
      <Competencies counts={node.competencyCounts} {...{ hierarchyId, asOf, byContentSource }} />
    </section>
  );
}

const ratio = (a: number | undefined, b: number | undefined): string =>
  a === undefined || !b ? none : new Intl.NumberFormat(navigator.language, { maximumFractionDigits: 1 }).format(a / b);

const statuses = ['completed', 'inferred', 'inProgress', 'notStarted'] as const;

interface CompetenciesProps {
  counts: ReportNode['competencyCounts'];
  hierarchyId: string;
  asOf: string;
  byContentSource: boolean;
}

function Competencies({ counts, hierarchyId, asOf, byContentSource }: CompetenciesProps) {
  const { t } = useTranslation();
  const total = counts ? statuses.reduce((sum, status) => sum + counts[status], 0) : 0;
  return (
    <article className="card card-competencies">
      <header>
        <h2>{t('measure.competencies')}</h2>
        <Provenance of={t('measure.competencies')} origin={counts?.provenance} hierarchyId={hierarchyId} />
      </header>
      {counts && total > 0 ? (
        <>
          <p className="card-value">
            {formatScore((counts.completed / total) * 100)} <small>{t('card.completed')}</small>
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
        </>
      ) : (
        <p className="card-value">{none}</p>
      )}
      <p className="card-detail">
        {total > 0 ? t('card.competenciesAsOf', { day: formatDay(asOf) }) : t('card.noCompetencies')}
        {byContentSource && ` ${t('card.notByContentSource')}`}
      </p>
    </article>
  );
}
