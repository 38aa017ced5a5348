import { useEffect, type ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import { NavLink, useParams } from 'react-router';
import { offers } from 'virtual:offers';
import { isAdmin, useFrame } from '../app/frame-context';
import { Empty } from '../parts/notice';
import { Access } from './access';
import { ActivityLog, AuditLog } from './logs';
import { Hierarchies } from './hierarchies';
import { OwnHierarchy } from './own-hierarchy';
import { Tree } from './tree';
import { Uncategorised } from './uncategorised';

const pages = {
  hierarchies: { shows: Hierarchies, needs: 'hierarchies' },
  tree: { shows: Tree, needs: 'groups' },
  uncategorised: { shows: Uncategorised, needs: 'groups' },
  own: { shows: OwnHierarchy, needs: 'hierarchyChangePreview' },
  access: { shows: Access, needs: 'grants' },
  activity: { shows: ActivityLog, needs: 'activityLog' },
  audit: { shows: AuditLog, needs: 'auditLog' },
} satisfies Record<string, { shows: ComponentType; needs: string }>;
type PageName = keyof typeof pages;

/** What the graph does not offer is not shown. */
const names = (Object.keys(pages) as PageName[]).filter(name => offers.has(pages[name].needs));

export default function Administration() {
  const { t } = useTranslation();
  const { viewer } = useFrame();
  const { page } = useParams();
  const name = names.find(one => one === page) ?? 'hierarchies';
  useEffect(() => {
    document.title = `${t(`admin.${name}`)} · Strata`;
  }, [name, t]);
  if (!isAdmin(viewer.roles)) {
    return (
      <main className="page">
        <Empty isPage icon="lock" title={t('problem.forbidden')}>
          <p>{t('admin.forAdmins')}</p>
        </Empty>
      </main>
    );
  }
  const Page = pages[name].shows;
  return (
    <main className="page administration">
      <nav className="side" aria-label={t('page.administration')}>
        {names.map(one => (
          <NavLink key={one} to={one === 'hierarchies' ? '/administration' : `/administration/${one}`} end>
            {t(`admin.${one}`)}
          </NavLink>
        ))}
      </nav>
      <div className="side-content">
        <h1>{t(`admin.${name}`)}</h1>
        <p className="muted lead">{t(`adminLead.${name}`)}</p>
        <Page />
      </div>
    </main>
  );
}
