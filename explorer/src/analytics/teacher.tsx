import { useQuery } from '@apollo/client/react';
import { useTranslation } from 'react-i18next';
import { TeacherDocument } from '../graph/operations';
import { Problem } from '../parts/problem';
import type { Period } from '../report/period';
import { formatCount, formatPeriod, formatScore, formatTime } from '../texts/format';
import { AtRisk, Averages, Figure, formatShare } from './figures';

/** A teacher's own classes and students. */
export function Teacher({ id, period }: { id: string; period: Period }) {
  const { t } = useTranslation();
  const { data, error } = useQuery(TeacherDocument, { variables: { id, period } });
  if (error) return <Problem error={error} />;
  const figures = data?.teacherAnalytics;
  if (!figures) return <p className="loading">{t('state.loading')}</p>;
  const of = { origin: figures.provenance, hierarchyId: figures.classes.nodes[0]?.node?.hierarchyId };
  return (
    <section aria-label={t('figure.yourClasses')}>
      <h2>{t('figure.yourClasses')}</h2>
      <p className="muted">{formatPeriod(figures.from, figures.through)}</p>
      <div className="cards">
        <Figure
          {...of}
          title={t('figure.students')}
          value={formatCount(figures.students)}
          values={figures.trend?.map(point => point.activeLearners)}
        >
          {t('figure.activeOf', { active: formatCount(figures.activeStudents) })}
        </Figure>
        <Averages {...of} averages={figures.averages} trend={figures.trend} />
      </div>
      <section className="block" aria-labelledby="courses">
        <header className="block-head">
          <h2 id="courses">{t('measure.classes')}</h2>
        </header>
        <div className="table-scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{t('type.class')}</th>
                <th scope="col" className="number">{t('figure.students')}</th>
                <th scope="col" className="number">{t('figure.active')}</th>
                <th scope="col" className="number">{t('measure.score')}</th>
                <th scope="col" className="number">{t('figure.completion')}</th>
                <th scope="col" className="number">{t('measure.time')}</th>
              </tr>
            </thead>
            <tbody>
              {figures.classes.nodes.map(course => (
                <tr key={course.classId}>
                  <th scope="row">{course.node?.name}</th>
                  <td className="number">{formatCount(course.students)}</td>
                  <td className="number">{formatCount(course.activeStudents)}</td>
                  <td className="number">{formatScore(course.averageScore)}</td>
                  <td className="number">{formatShare(course.completion)}</td>
                  <td className="number">{formatTime(course.totalSeconds)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
      <AtRisk students={figures.studentsAtRisk} />
    </section>
  );
}
