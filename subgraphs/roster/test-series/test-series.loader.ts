import type { Session } from '../../shared/database/session';
import { groupBy } from '../../shared/group-by';
import { publicId } from '../../shared/identifiers';
import { Loader } from '../../shared/loader';
import { selectSeries, selectSeriesOfClasses, selectSeriesOfStudents } from './test-series.queries';
import type { TestSeries } from './test-series.type';

export const shownSeries = ({ id, name }: { id: number; name: string }): TestSeries => ({
  id: publicId('testSeries', id),
  name,
});

export function testSeriesLoaders({ session }: { session: Session }) {
  const seriesOfClass = new Loader<number, TestSeries[]>('seriesOfClass', async classIds => {
    const rows = groupBy(await selectSeriesOfClasses(await session.read(), classIds), row => row.classId);
    return classIds.map(id => (rows.get(id) ?? []).map(shownSeries));
  });
  const seriesOfStudent = new Loader<number, TestSeries[]>('seriesOfStudent', async personIds => {
    const rows = groupBy(await selectSeriesOfStudents(await session.read(), personIds), row => row.personId);
    return personIds.map(id => (rows.get(id) ?? []).map(shownSeries));
  });
  /** Whether there is a test series with this number. */
  const seriesExists = new Loader<number, boolean>('seriesExists', async ids => {
    const known = new Set(await selectSeries(await session.read(), ids));
    return ids.map(id => known.has(id));
  });
  return { seriesOfClass, seriesOfStudent, seriesExists };
}
