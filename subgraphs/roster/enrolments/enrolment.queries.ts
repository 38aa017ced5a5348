import type { Transaction } from '../../shared/database/database';

export interface EnrolmentRow {
  classId: number;
  personId: number;
  login: string;
  givenName: string | null;
  familyName: string | null;
  type: 'TEACHER' | 'STUDENT';
  status: 'ACTIVE' | 'INACTIVE' | 'WITHDRAWN';
  enrolledAt: Date;
  /** What enrolments are ordered by: the family name and the given name, or the login of who has neither. */
  name: string;
}

const columns = `
  enrolments.class_id as "classId", people.id as "personId", people.login, people.given_name as "givenName",
  people.family_name as "familyName", enrolments.type, enrolments.status, enrolments.enrolled_at as "enrolledAt",
  coalesce(nullif(concat_ws(' ', people.family_name, people.given_name), ''), people.login) as name`;

const source = `
  enrolments join people on people.tenant_id = enrolments.tenant_id and people.id = enrolments.person_id`;

export interface EnrolmentBounds {
  type: string | null;
  status: string | null;
  first: number;
  /** Only what comes after this one in the order name, person, type. */
  after: { name: string; personId: number; type: string } | null;
}

/** One page of each class's enrolments and one row behind it: one statement however many classes. */
export const selectEnrolments = (
  tx: Transaction,
  { classIds, bounds }: { classIds: readonly number[]; bounds: EnrolmentBounds },
): Promise<EnrolmentRow[]> =>
  tx.query(
    `select page.*
     from unnest($2::int[]) asked(class_id)
     cross join lateral (
       select listed.* from (
         select ${columns} from ${source}
         where enrolments.tenant_id = $1 and enrolments.class_id = asked.class_id
           and ($3::text is null or enrolments.type = $3) and ($4::text is null or enrolments.status = $4)
       ) listed
       where $6::text is null
         or (listed.name collate "und-x-icu", listed."personId", listed.type) > ($6, $7::int, $8::text)
       order by listed.name collate "und-x-icu", listed."personId", listed.type
       limit $5
     ) page
     order by page."classId", page.name collate "und-x-icu", page."personId", page.type`,
    [
      ...[tx.tenantId, classIds, bounds.type, bounds.status, bounds.first + 1],
      ...[bounds.after?.name ?? null, bounds.after?.personId ?? null, bounds.after?.type ?? null],
    ],
  );

/** How many enrolments match in each class that has any. */
export const countEnrolments = (
  tx: Transaction,
  { classIds, bounds }: { classIds: readonly number[]; bounds: Pick<EnrolmentBounds, 'type' | 'status'> },
): Promise<{ classId: number; enrolments: number }[]> =>
  tx.query(
    `select enrolments.class_id as "classId", count(*)::float8 as enrolments
     from ${source}
     where enrolments.tenant_id = $1 and enrolments.class_id = any($2)
       and ($3::text is null or enrolments.type = $3) and ($4::text is null or enrolments.status = $4)
     group by enrolments.class_id`,
    [tx.tenantId, classIds, bounds.type, bounds.status],
  );

export async function selectEnrolment(
  tx: Transaction,
  key: { classId: number; personId: number; type: string },
): Promise<EnrolmentRow | undefined> {
  const [row] = await tx.query<EnrolmentRow>(
    `select ${columns} from ${source}
     where enrolments.tenant_id = $1 and enrolments.class_id = $2 and enrolments.person_id = $3
       and enrolments.type = $4`,
    [tx.tenantId, key.classId, key.personId, key.type],
  );
  return row;
}

/** Makes people active in a class from a moment on; returns those who were not. */
export async function activateEnrolments(
  tx: Transaction,
  { classId, people, type, now }: { classId: number; people: readonly number[]; type: string; now: Date },
): Promise<number[]> {
  const rows = await tx.query<{ person_id: number }>(
    `insert into enrolments as known (tenant_id, class_id, person_id, type, status, enrolled_at, ended_at)
     select $1, $2, given.person_id, $4, 'ACTIVE', $5, null
     from unnest($3::int[]) given(person_id)
     order by given.person_id
     on conflict (tenant_id, class_id, person_id, type) do update
       set status = 'ACTIVE', enrolled_at = excluded.enrolled_at, ended_at = null
       where known.status <> 'ACTIVE'
     returning known.person_id`,
    [tx.tenantId, classId, people, type, now],
  );
  return rows.map(row => row.person_id);
}
