import type { BundleRow } from './bundle-folder';
import { addDays, noonInLondon, wholeDays } from './calendar';
import { TENANT, type StudyClass } from './shape';
import type { Tally } from './source';

/** Days from the presentation's start; null where the file leaves it empty. */
export interface Registration { from: number | null; until: number | null }

/** Null, with the reason counted, when a day is written that is none. */
export function registrationOf(
  row: { date_registration: string; date_unregistration: string },
  tally: Tally,
): Registration | null {
  const registration: Registration = { from: null, until: null };
  for (const [column, end] of [['date_registration', 'from'], ['date_unregistration', 'until']] as const) {
    if (row[column] === '') continue;
    registration[end] = wholeDays(row[column]);
    if (registration[end] === null) {
      tally.skip(`${column} is no whole number of days`);
      return null;
    }
  }
  return registration;
}

/**
 * Enrolled from the day of registration until the day of unregistering, if there is one; whatever the final result
 * says. Who unregistered before that first day was never enrolled on any: the row stays, for a length of no days.
 */
export function enrolmentRow(options: {
  studyClass: StudyClass;
  student: string;
  registration: Registration | undefined;
  tally: Tally;
}): BundleRow<'enrolments.csv'> {
  const { studyClass, student, registration, tally } = options;
  if (registration?.from === null) tally.adjust('date_registration is empty: enrolled from the presentation\'s start');
  const until = registration?.until ?? null;
  let from = registration?.from ?? 0;
  if (until !== null && until < from) {
    tally.adjust('unregistered before the first day: enrolled for no day');
    from = until;
  }
  const noonOf = (day: number): string => noonInLondon(addDays(studyClass.presentation.start, day));
  return {
    tenant_id: TENANT,
    class_id: studyClass.id,
    user_id: student,
    type: 'STUDENT',
    status: until === null ? 'ACTIVE' : 'WITHDRAWN',
    enrolled_at: noonOf(from),
    ended_at: until === null ? '' : noonOf(until),
  };
}
