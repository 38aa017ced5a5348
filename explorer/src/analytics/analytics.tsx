import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { isAdmin, useFrame, useToday } from '../app/frame-context';
import type { Period } from '../report/period';
import { Learner } from './learner';
import { Organisation } from './organisation';
import { RiskSettings } from './risk-settings';
import { Teacher } from './teacher';

const weeks = 12;

/** The twelve weeks that end with a day: what the small trends are of. */
const weeksThrough = (day: string): Period => ({
  from: new Date(Date.parse(day) - (weeks * 7 - 1) * 86_400_000).toISOString().slice(0, 10),
  through: day,
});

/** How an organisation, a teacher's classes and a learner do: whatever of it is the viewer's. */
export default function Analytics() {
  const { t } = useTranslation();
  const { viewer } = useFrame();
  const period = weeksThrough(useToday());
  useEffect(() => {
    document.title = `${t('page.analytics')} · Strata`;
  }, [t]);
  const isHead = isAdmin(viewer.roles) || viewer.roles.includes('OFFICER');
  return (
    <main className="page">
      <h1>{t('page.analytics')}</h1>
      <p className="muted lead">{t('figure.lead')}</p>
      {isHead && <Organisation period={period} />}
      {isAdmin(viewer.roles) && <RiskSettings />}
      {viewer.roles.includes('TEACHER') && <Teacher id={viewer.id} period={period} />}
      {viewer.roles.includes('LEARNER') && <Learner id={viewer.id} period={period} />}
    </main>
  );
}
