import type { Session } from '../../shared/database/session';
import { forbidden } from '../../shared/errors';
import { groupBy } from '../../shared/group-by';
import { Loader } from '../../shared/loader';
import type { Seen } from '../classes/class.loader';
import { countEnrolments, selectEnrolments, type EnrolmentBounds, type EnrolmentRow } from './enrolment.queries';

export interface EnrolmentsKey {
  classId: number;
  seen: Seen;
  bounds: EnrolmentBounds;
}

export interface EnrolmentsPage {
  rows: EnrolmentRow[];
  hasMore: boolean;
  totalCount: number;
}

/** Pages of classes that are seen whole, refused of others: two statements for all classes that are asked for alike. */
export function enrolmentsLoader({ session }: { session: Session }) {
  const cacheKey = ({ classId, seen, bounds }: EnrolmentsKey): string => `${classId} ${seen}\n${JSON.stringify(bounds)}`;
  return new Loader<EnrolmentsKey, EnrolmentsPage, string>(
    'enrolments',
    async keys => {
      const tx = await session.read();
      const pages = new Map<string, EnrolmentsPage>();
      const whole = keys.filter(({ seen }) => seen === 'whole');
      for (const alike of groupBy(whole, ({ bounds }) => JSON.stringify(bounds)).values()) {
        const { bounds } = alike[0]!;
        const asked = { bounds, classIds: alike.map(({ classId }) => classId) };
        const rows = groupBy(await selectEnrolments(tx, asked), row => row.classId);
        const counts = new Map((await countEnrolments(tx, asked)).map(row => [row.classId, row.enrolments]));
        for (const key of alike) {
          const ofClass = rows.get(key.classId) ?? [];
          pages.set(cacheKey(key), {
            rows: ofClass.slice(0, bounds.first),
            hasMore: ofClass.length > bounds.first,
            totalCount: counts.get(key.classId) ?? 0,
          });
        }
      }
      return keys.map(key => pages.get(cacheKey(key)) ?? forbidden('You may not see who is in this class.'));
    },
    { cacheKeyFn: cacheKey },
  );
}
