import type { Transaction } from '../subgraphs/shared/database/database';
import type { KnownTenant } from './fixture';
import type { Row } from './fixture.queries';

/** A number that nothing has. */
export const nothing = 999_999;
export const plantedAt = '2026-01-05T00:00:00Z';

interface Planted {
  table: string;
  /** What of the database's constraints refuses these rows. */
  constraint: string;
  rows: Row[];
}

/** Rows of each kind of problem that a database with its constraints refuses; the series has this number. */
export function brokenRows({ classes, people }: KnownTenant, series: number): Planted[] {
  const enrolment = (klass: number | undefined, person: number | undefined, more: Row = {}): Row => ({
    ...{
      class_id: klass,
      person_id: person,
      type: 'STUDENT',
      status: 'ACTIVE',
      enrolled_at: plantedAt,
      ended_at: null,
    },
    ...more,
  });
  const [a1, a2, e1, ann, dia, tina] = [
    ...['a1', 'a2', 'e1'].map(name => classes.get(name)),
    ...['ann', 'dia', 'tina'].map(name => people.get(name)),
  ];
  const withdrawn = { status: 'WITHDRAWN', ended_at: '2026-03-01T00:00:00Z' };
  const assignment = { class_id: a1, test_series_id: series, assigned_at: plantedAt };
  const ofEnrolments = (constraint: string, ...rows: Row[]) => ({ table: 'enrolments', constraint, rows });
  const ofSeries = (constraint: string, ...rows: Row[]) => ({ table: 'class_test_series', constraint, rows });
  return [
    ofEnrolments('enrolment_in_a_class', enrolment(nothing, ann), enrolment(nothing, tina, { type: 'TEACHER' })),
    ofEnrolments('enrolment_of_a_person', enrolment(a2, nothing)),
    ofEnrolments('enrolments_pkey', enrolment(a1, ann, withdrawn), enrolment(a1, ann, { enrolled_at: null })),
    ofEnrolments('enrolled_at', enrolment(e1, dia, { enrolled_at: null })),
    ofSeries('assignment_to_a_class', { ...assignment, class_id: nothing }),
    ofSeries('assignment_of_a_test_series', { ...assignment, test_series_id: nothing }),
    ofSeries('class_test_series_pkey', assignment, assignment, assignment),
  ];
}

/** Gives the class b1 a school there is not. */
export const loseSchool = (tx: Transaction): Promise<unknown> =>
  tx.query('update classes set school_id = $2 where tenant_id = $1 and external_id = $3', [tx.tenantId, nothing, 'b1']);

/** A database as it is after a restore that left its constraints out. For the owner of the tables. */
export async function dropConstraints(tx: Transaction): Promise<void> {
  await tx.query(
    `alter table enrolments drop constraint enrolment_in_a_class, drop constraint enrolment_of_a_person,
       drop constraint enrolments_pkey, alter enrolled_at drop not null`,
  );
  await tx.query('alter table classes drop constraint class_school_exists');
  await tx.query(
    `alter table class_test_series drop constraint assignment_to_a_class,
       drop constraint assignment_of_a_test_series, drop constraint class_test_series_pkey`,
  );
}
