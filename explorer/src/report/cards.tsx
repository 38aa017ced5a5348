import { useTranslation } from 'react-i18next';
import type { MetricFilter } from '../graph/operations';
import { formatCount, formatScore, formatTime, none } from '../texts/format';
import { Card } from './card';
import { Competencies } from './competencies';
import type { KnownValues } from './filter-values';
import type { Report, ReportNode } from './rows';
import { Sparkline } from './sparkline';

interface Props {
  report: Report;
  node: ReportNode;
  asOf: string;
  filter: MetricFilter;
  /** What there is to filter by, where that was asked for. */
  known: KnownValues | undefined;
}

export function Cards({ report, node, asOf, filter, known }: Props) {
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
      <Competencies {...{ node, asOf, filter, known }} />
    </section>
  );
}

const ratio = (a: number | undefined, b: number | undefined): string =>
  a === undefined || !b ? none : new Intl.NumberFormat(navigator.language, { maximumFractionDigits: 1 }).format(a / b);

