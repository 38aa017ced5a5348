import { useQuery } from '@apollo/client/react';
import { useTranslation } from 'react-i18next';
import { LearnerDocument } from '../graph/operations';
import { Notice } from '../parts/notice';
import { Problem } from '../parts/problem';
import type { Period } from '../report/period';
import { formatCount, formatDay, formatDecimal, formatPeriod, formatScore } from '../texts/format';
import { Figure, formatShare } from './figures';

/** A learner's own figures. */
export function Learner({ id, period }: { id: string; period: Period }) {
  const { t } = useTranslation();
  const { data, error } = useQuery(LearnerDocument, { variables: { id, period } });
  if (error) return <Problem error={error} />;
  const figures = data?.learnerAnalytics;
  if (!figures) return <p className="loading">{t('state.loading')}</p>;
  const { trend, skillGaps, riskReasons } = figures;
  const of = { origin: figures.provenance, hierarchyId: undefined };
  const done = { completed: formatCount(figures.completed), expected: formatCount(figures.expected) };
  return (
    <section aria-label={t('figure.yours')}>
      <h2>{t('figure.yours')}</h2>
      <p className="muted">{formatPeriod(figures.from, figures.through)}</p>
      {riskReasons.length > 0 && (
        <Notice kind="warning" title={t('figure.youAreAtRisk')}>
          <p>{riskReasons.map(reason => t(`risk.${reason}`)).join(', ')}</p>
        </Notice>
      )}
      <div className="cards">
        <Figure
          {...of}
          title={t('figure.velocity')}
          value={formatDecimal(figures.learningVelocity)}
          values={trend?.map(point => point.learningVelocity)}
        >
          {t('figure.velocityOf')}
        </Figure>
        <Figure {...of} title={t('figure.mastery')} value={formatShare(figures.masteryProgress)} values={trend?.map(point => point.masteryProgress)}>
          {t('figure.completedOf', done)}
        </Figure>
        <Figure {...of} title={t('figure.engagement')} value={formatShare(figures.engagement)} values={trend?.map(point => point.engagement)}>
          {figures.lastActivity && t('figure.lastOn', { day: formatDay(figures.lastActivity) })}
        </Figure>
        <Figure {...of} title={t('measure.score')} value={formatScore(figures.averageScore)}>
          {t('card.ofAttempts', { count: figures.attempts, attempts: formatCount(figures.attempts) })}
        </Figure>
        <Figure {...of} title={t('figure.gaps')} value={formatCount(figures.skillGapCount)}>
          {t('figure.gapsOf')}
        </Figure>
      </div>
      {skillGaps.nodes.length > 0 && (
        <section className="block" aria-labelledby="gaps">
          <header className="block-head">
            <h2 id="gaps">{t('figure.gaps')}</h2>
          </header>
          <ul>
            {skillGaps.nodes.map(gap => (
              <li key={gap.competencyId}>
                {gap.title} <span className="muted">{`${gap.framework} · ${gap.code}`}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </section>
  );
}
