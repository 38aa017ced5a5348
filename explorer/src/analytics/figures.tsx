import type { ComponentProps } from 'react';
import { useTranslation } from 'react-i18next';
import type { AtRiskFragment, AveragesFragment, OriginFragment } from '../graph/operations';
import { Card } from '../report/card';
import { Sparkline } from '../report/sparkline';
import { formatDay, formatDecimal, formatScore, none } from '../texts/format';

/** A share from 0 to 1 as percent. */
export const formatShare = (share: number | null | undefined): string =>
  formatScore(share === null || share === undefined ? null : share * 100);

type FigureProps = Omit<ComponentProps<typeof Card>, 'trend'> & { values?: readonly (number | null)[] | undefined };

/** A figure, with what it was week by week as a line. */
export const Figure = ({ values, ...card }: FigureProps) => (
  <Card {...card} trend={values && <Sparkline values={values} kind="line" />} />
);

interface AveragesProps {
  averages: AveragesFragment;
  trend: readonly { averages: AveragesFragment }[] | null | undefined;
  origin: OriginFragment;
  hierarchyId: string | undefined;
}

/** The means of learners' own figures, with how they were week by week. */
export function Averages({ averages, trend, ...of }: AveragesProps) {
  const { t } = useTranslation();
  const week = (figure: keyof AveragesFragment) => trend?.map(point => point.averages[figure]);
  return (
    <>
      <Figure {...of} title={t('figure.velocity')} value={formatDecimal(averages.learningVelocity)} values={week('learningVelocity')}>
        {t('figure.velocityOf')}
      </Figure>
      <Figure {...of} title={t('figure.mastery')} value={formatShare(averages.masteryProgress)} values={week('masteryProgress')}>
        {t('figure.masteryOf')}
      </Figure>
      <Figure {...of} title={t('figure.engagement')} value={formatShare(averages.engagement)} values={week('engagement')}>
        {t('figure.engagementOf')}
      </Figure>
      <Figure {...of} title={t('figure.gaps')} value={formatDecimal(averages.skillGapCount)} values={week('skillGapCount')}>
        {t('figure.gapsOf')}
      </Figure>
    </>
  );
}

/** Who is at risk, and why. */
export function AtRisk({ students }: { students: AtRiskFragment }) {
  const { t } = useTranslation();
  return (
    <section className="block" aria-labelledby="at-risk">
      <header className="block-head">
        <h2 id="at-risk">{t('figure.atRisk')}</h2>
      </header>
      {students.nodes.length === 0 ? <p className="muted">{t('figure.nobodyAtRisk')}</p> : (
        <div className="table-scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{t('figure.student')}</th>
                <th scope="col">{t('figure.why')}</th>
                <th scope="col">{t('figure.lastActivity')}</th>
                <th scope="col" className="number">{t('measure.score')}</th>
                <th scope="col" className="number">{t('figure.engagement')}</th>
                <th scope="col" className="number">{t('figure.mastery')}</th>
              </tr>
            </thead>
            <tbody>
              {students.nodes.map(student => (
                <tr key={student.studentId}>
                  <th scope="row">{[student.givenName, student.familyName].filter(Boolean).join(' ') || student.login}</th>
                  <td>{student.riskReasons.map(reason => t(`risk.${reason}`)).join(', ')}</td>
                  <td>{student.lastActivity ? formatDay(student.lastActivity) : none}</td>
                  <td className="number">{formatScore(student.averageScore)}</td>
                  <td className="number">{formatShare(student.engagement)}</td>
                  <td className="number">{formatShare(student.masteryProgress)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
