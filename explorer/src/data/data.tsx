import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { isAdmin, useFrame } from '../app/frame-context';
import { Empty } from '../parts/notice';
import { OneRoster } from './one-roster';
import { StudentGroups } from './student-groups';

/** Files in: student groups and OneRoster bundles, whichever this installation takes. */
export default function Data() {
  const { t } = useTranslation();
  const { viewer, routes } = useFrame();
  useEffect(() => {
    document.title = `${t('page.data')} · Strata`;
  }, [t]);
  if (!isAdmin(viewer.roles)) {
    return (
      <main className="page">
        <Empty isPage icon="lock" title={t('problem.forbidden')}>
          <p>{t('admin.forAdmins')}</p>
        </Empty>
      </main>
    );
  }
  const hasGroups = routes.includes('POST /groups/imports');
  const hasOneRoster = routes.includes('POST /oneroster/imports');
  return (
    <main className="page data">
      <h1>{t('page.data')}</h1>
      <p className="muted lead">{t('data.lead')}</p>
      {hasGroups && <StudentGroups />}
      {hasOneRoster && <OneRoster />}
      {!hasGroups && !hasOneRoster && <Empty title={t('data.nothing')} />}
    </main>
  );
}
