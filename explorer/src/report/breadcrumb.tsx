import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useFrame } from '../app/frame-context';
import { isTenantWide } from './report-page';
import { nameOf, type ReportNode } from './rows';
import { changed, writeView, type View } from './view';

/** From the whole view down to the node that is shown. */
export function Breadcrumb({ view, node }: { view: View; node: ReportNode }) {
  const { t } = useTranslation();
  const { viewer } = useFrame();
  const to = (id: string | null) => `/?${writeView(changed(view, { node: id }))}`;
  const whole = isTenantWide(viewer.roles) ? viewer.tenant.name : t('report.myView');
  const isWhole = node.type === 'tenant' || node.type === 'scope';
  return (
    <nav aria-label={t('report.path')} className="breadcrumb">
      <ol>
        {!isWhole && (
          <li>
            <Link to={to(null)}>{whole}</Link>
          </li>
        )}
        {node.ancestors.map(({ id, name }) => (
          <li key={id}>
            <Link to={to(id)}>{name}</Link>
          </li>
        ))}
        <li aria-current="page">{isWhole ? whole : nameOf(node, t)}</li>
      </ol>
    </nav>
  );
}
