import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formatCount, formatScore, formatTime } from '../texts/format';
import { Provenance } from './provenance';
import type { Row } from './rows';
import { changed, writeView, type View } from './view';

/** What no root of this hierarchy reaches: in the total, and beside its children. */
export function Other({ row: { node, performance, timeSpent }, view }: { row: Row; view: View }) {
  const { t } = useTranslation();
  if (!node) return null;
  const figures = [
    [t('measure.score'), formatScore(performance?.averageScore)],
    [t('measure.attempts'), formatCount(performance?.attempts)],
    [t('measure.time'), formatTime(timeSpent?.totalSeconds)],
    [t('measure.learners'), formatCount(performance?.learners)],
    [t('measure.classes'), formatCount(node.classCount)],
  ];
  return (
    <section className="block other" aria-labelledby="other-heading">
      <header className="block-head">
        <div>
          <h2 id="other-heading">{t('other.name')}</h2>
          <p className="muted">{node.classCount > 0 ? t('other.what') : t('other.empty')}</p>
        </div>
        <Provenance of={t('other.name')} origin={performance?.provenance} hierarchyId={node.hierarchyId} />
      </header>
      <dl className="other-figures">
        {figures.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {node.classCount > 0 && (
        <Link className="button" to={`/?${writeView(changed(view, { node: node.id }))}`}>
          {t('other.list', { count: node.classCount, classes: formatCount(node.classCount) })}
        </Link>
      )}
    </section>
  );
}
