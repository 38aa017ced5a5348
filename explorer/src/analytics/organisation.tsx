import { useQuery } from '@apollo/client/react';
import { useTranslation } from 'react-i18next';
import { OrganisationDocument } from '../graph/operations';
import { Problem } from '../parts/problem';
import type { Period } from '../report/period';
import { formatCount, formatDay, formatPeriod } from '../texts/format';
import { Averages, Figure } from './figures';

/** The figures of all that somebody sees: the organisation, or their part of it. */
export function Organisation({ period }: { period: Period }) {
  const { t } = useTranslation();
  const { data, error } = useQuery(OrganisationDocument, { variables: { period } });
  if (error) return <Problem error={error} />;
  const figures = data?.organisationAnalytics;
  if (!figures) return <p className="loading">{t('state.loading')}</p>;
  const of = { origin: figures.provenance, hierarchyId: figures.node?.hierarchyId };
  const { users } = figures;
  return (
    <section aria-label={figures.node?.name}>
      <h2>{figures.node?.name}</h2>
      <p className="muted">{formatPeriod(figures.from, figures.through)}</p>
      <div className="cards">
        <Figure
          {...of}
          title={t('measure.learners')}
          value={formatCount(figures.learners)}
          values={figures.trend?.map(point => point.activeLearners)}
        >
          {t('figure.activeOf', { active: formatCount(figures.activeLearners) })}
        </Figure>
        <Averages {...of} averages={figures.averages} trend={figures.trend} />
        <Figure {...of} title={t('figure.atRisk')} value={formatCount(figures.atRiskCount)}>
          {figures.lastActivity && t('figure.lastOn', { day: formatDay(figures.lastActivity) })}
        </Figure>
      </div>
      <section className="block" aria-labelledby="users">
        <header className="block-head">
          <h2 id="users">{t('figure.users')}</h2>
        </header>
        <div className="table-scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{t('figure.role')}</th>
                <th scope="col" className="number">{t('figure.total')}</th>
                <th scope="col" className="number">{t('figure.active')}</th>
              </tr>
            </thead>
            <tbody>
              {users.byRole.map(({ role, total, active }) => (
                <tr key={role}>
                  <th scope="row">{t(`role.${role}`)}</th>
                  <td className="number">{formatCount(total)}</td>
                  <td className="number">{formatCount(active)}</td>
                </tr>
              ))}
              <tr>
                <th scope="row">{t('figure.everybody')}</th>
                <td className="number">{formatCount(users.total)}</td>
                <td className="number">{formatCount(users.active)}</td>
              </tr>
            </tbody>
          </table>
        </div>
      </section>
    </section>
  );
}
