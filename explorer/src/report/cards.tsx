import { useTranslation } from 'react-i18next';
import { formatCount, formatScore, formatTime, none } from '../texts/format';
import { Card } from './card';
import { Competencies } from './competencies';
import type { Report, ReportNode } from './rows';
import { Sparkline } from './sparkline';

interface Props {
  report: Report;
  node: ReportNode;
  asOf: string;
  /** Whether a content source is asked for, which a competency's status does not have. */
  byContentSource: boolean;
  /** Whether a subject or a framework is asked for. */
  isFiltered: boolean;
}

export function Cards({ report, node, asOf, byContentSource, isFiltered }: Props) {
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
      <Competencies {...{ node, asOf, byContentSource, isFiltered }} />
    </section>
  );
}

const ratio = (a: number | undefined, b: number | undefined): string =>
  a === undefined || !b ? none : new Intl.NumberFormat(navigator.language, { maximumFractionDigits: 1 }).format(a / b);

