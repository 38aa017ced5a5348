import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useLevelName } from '../app/frame-context';
import type { ReportQuery } from '../graph/operations';
import { formatPoints, formatScore } from '../texts/format';
import { ChildrenTable, type Extremes } from './children-table';
import { Paging } from './paging';
import { nameOf, type Report, type ReportNode } from './rows';
import { changed, sizes, writeView, type View } from './view';

interface Props {
  report: Report;
  node: ReportNode;
  view: View;
  best: ReportQuery['best'] | undefined;
  weakest: ReportQuery['weakest'] | undefined;
  onChange(change: Partial<View>): void;
}

/** How the node's children compare. */
export function Children({ report, node, view, best, weakest, onChange }: Props) {
  const { t } = useTranslation();
  const title = useChildrenTitle(report, node);
  const { nodes, totalCount, pageInfo } = report.children;
  const top = best?.children.nodes[0];
  const bottom = weakest?.children.nodes[0];
  const compares = totalCount > 2 && top?.node && bottom?.node && top.node.id !== bottom.node.id;
  const extremes: Extremes = compares ? { best: top.node!.id, weakest: bottom.node!.id } : { best: null, weakest: null };
  if (totalCount === 0) {
    return (
      <section className="block">
        <p className="muted">{node.type === 'class' ? t('children.ofClass') : t('children.none')}</p>
      </section>
    );
  }
  return (
    <section className="block" aria-labelledby="children-heading">
      <header className="block-head">
        <h2 id="children-heading">{title}</h2>
        {compares && <Comparison best={top} weakest={bottom} view={view} />}
      </header>
      <ChildrenTable rows={nodes} view={view} caption={title} extremes={extremes} onChange={onChange} />
      <footer className="block-foot">
        <Paging
          total={totalCount}
          before={view.pages.length * view.size}
          shown={nodes.length}
          next={pageInfo.hasNextPage ? pageInfo.endCursor : null}
          pages={view.pages}
          onTurn={pages => onChange({ pages })}
        />
        <label className="control inline">
          <span>{t('paging.size')}</span>
          <select value={view.size} onChange={event => onChange({ size: Number(event.currentTarget.value) })}>
            {sizes.map(size => (
              <option key={size}>{size}</option>
            ))}
          </select>
        </label>
      </footer>
    </section>
  );
}

type Extreme = NonNullable<ReportQuery['best']>['children']['nodes'][number];

function Comparison({ best, weakest, view }: { best: Extreme; weakest: Extreme; view: View }) {
  const { t } = useTranslation();
  const [high, low] = [best.performance?.averageScore, weakest.performance?.averageScore];
  const link = ({ node, performance }: Extreme, mark: 'best' | 'weakest') => (
    <span className="extreme">
      <span className={`mark mark-${mark}`}>{t(`mark.${mark}`)}</span>{' '}
      <Link to={`/?${writeView(changed(view, { node: node?.id ?? null }))}`}>{nameOf(node, t)}</Link>{' '}
      <strong>{formatScore(performance?.averageScore)}</strong>
    </span>
  );
  return (
    <p className="comparison">
      {link(best, 'best')}
      {link(weakest, 'weakest')}
      {high !== null && high !== undefined && low !== null && low !== undefined && (
        <span className="muted">{t('children.apart', { points: formatPoints(high - low) })}</span>
      )}
    </p>
  );
}

/** "In Uttar Pradesh, by District", in the hierarchy's own words; "Below …" where children are of several levels. */
function useChildrenTitle({ children }: Report, node: ReportNode): string {
  const { t } = useTranslation();
  const levelName = useLevelName(node.hierarchyId);
  const types = new Set(children.nodes.map(row => row.node?.type));
  const [type] = types;
  const name = nameOf(node, t);
  if (types.size !== 1 || !type) return t('children.below', { name });
  return t('children.title', { level: levelName(type) ?? t(`type.${type as 'class'}`), name });
}
