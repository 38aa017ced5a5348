import type { Transaction } from '../../../shared/database/database';

/** What a file says, a part at a time, in the one transaction that applies it. `importId` marks what it lists. */
export interface Applying {
  importId: number;
  now: Date;
}

export interface ListedGroup {
  name: string;
  schoolId: number;
  year: number;
  subject: string | null;
}

/** One worker at a time for a tenant: true where this transaction is it, until it ends. */
export async function lockLine(tx: Transaction): Promise<boolean> {
  const [row] = await tx.query<{ locked: boolean }>(`select pg_try_advisory_xact_lock(7310013, $1) as locked`, [tx.tenantId]);
  return row!.locked;
}

/** Who has waited longest. */
export async function selectNextInLine(tx: Transaction): Promise<{ id: number; records: number } | undefined> {
  const rows = await tx.query<{ id: number; records: number }>(
    `select imports.id, imports.records from imports
     where imports.tenant_id = $1 and imports.status = 'ACCEPTED'
     order by imports.queued_at, imports.id limit 1`,
    [tx.tenantId],
  );
  return rows[0];
}

export async function updateProgress(tx: Transaction, importId: number, recordsDone: number): Promise<void> {
  await tx.query(
    `update imports set records_done = $3
     where imports.tenant_id = $1 and imports.id = $2 and imports.status = 'ACCEPTED'`,
    [tx.tenantId, importId, recordsDone],
  );
}

export async function markProcessed(tx: Transaction, { importId, now }: Applying): Promise<void> {
  await tx.query(
    `update imports set status = 'PROCESSED', records_done = imports.records, updated_at = $3
     where imports.tenant_id = $1 and imports.id = $2`,
    [tx.tenantId, importId, now],
  );
}

/** Counts a try that failed; the last one that is allowed ends it. */
export async function countFailedTry(
  tx: Transaction,
  { importId, now, most }: Applying & { most: number },
): Promise<void> {
  await tx.query(
    `update imports set failed_tries = imports.failed_tries + 1, records_done = 0, updated_at = $3,
       status = case when imports.failed_tries + 1 >= $4 then 'BAD_DATA' else imports.status end,
       message = case when imports.failed_tries + 1 >= $4
         then 'Row: 0 Failure: The file was sound, but could not be processed. Please resubmit it.'
         else imports.message end
     where imports.tenant_id = $1 and imports.id = $2 and imports.status = 'ACCEPTED'`,
    [tx.tenantId, importId, now, most],
  );
}

/*
 * What is there is looked up by lists, each table in a statement of its own that is planned for its list, and put together
 * by who asks: whatever the statistics say, at worst a table's rows of the tenant are read once. A join with one row
 * expected, of a tenant that nobody has counted, would read them all again for each of the other's rows.
 */

/** Schools of the tenant by the customer's own ids. */
export async function selectSchools(tx: Transaction, externalIds: string[]): Promise<Map<string, number>> {
  const rows = await tx.queryPlannedAnew<{ externalId: string; id: number }>(
    `select groups.external_id as "externalId", groups.id from groups
     where groups.tenant_id = $1 and groups.type = 'school' and groups.external_id = any($2)`,
    [tx.tenantId, externalIds],
  );
  return new Map(rows.map(row => [row.externalId, row.id]));
}

interface KnownGroup {
  id: number;
  name: string;
  schoolId: number;
  year: number;
}

/** Groups that are there, deleted ones too, with one of these names in one of the schools and years. */
export const selectGroupsLike = (tx: Transaction, groups: readonly ListedGroup[]): Promise<KnownGroup[]> =>
  tx.queryPlannedAnew(
    `select student_groups.id, student_groups.name, student_groups.school_id as "schoolId",
       student_groups.school_year as year
     from student_groups
     where student_groups.tenant_id = $1 and student_groups.school_id = any($2)
       and student_groups.school_year = any($3) and student_groups.name = any($4)`,
    [
      tx.tenantId,
      [...new Set(groups.map(group => group.schoolId))],
      [...new Set(groups.map(group => group.year))],
      [...new Set(groups.map(group => group.name))],
    ],
  );

/** Brings groups that are there up to date, and those back that were deleted. */
export async function updateGroups(
  tx: Transaction,
  groups: readonly (ListedGroup & { id: number })[],
  applying: Applying,
): Promise<void> {
  if (groups.length === 0) return;
  await tx.query(
    `insert into student_groups (tenant_id, name, school_id, school_year, subject, import_id, created_at, updated_at, id)
     select $1, listed.name, listed.school_id, listed.school_year, listed.subject, $6, $7, $7, listed.id
     from unnest($2::text[], $3::int[], $4::int[], $5::text[], $8::int[]) listed(name, school_id, school_year, subject, id)
     on conflict (tenant_id, id) do update set subject = coalesce(excluded.subject, student_groups.subject),
       import_id = excluded.import_id, updated_at = excluded.updated_at, deleted_at = null`,
    [...columnsOf(tx, groups, applying), groups.map(group => group.id)],
  );
}

/** Makes groups that are not there; each with its id, in any order. */
export async function insertGroups(
  tx: Transaction,
  groups: readonly ListedGroup[],
  applying: Applying,
): Promise<KnownGroup[]> {
  if (groups.length === 0) return [];
  return tx.query(
    `insert into student_groups (tenant_id, name, school_id, school_year, subject, import_id, created_at, updated_at)
     select $1, listed.name, listed.school_id, listed.school_year, listed.subject, $6, $7, $7
     from unnest($2::text[], $3::int[], $4::int[], $5::text[]) listed(name, school_id, school_year, subject)
     returning student_groups.id, student_groups.name, student_groups.school_id as "schoolId",
       student_groups.school_year as year`,
    columnsOf(tx, groups, applying),
  );
}

const columnsOf = (tx: Transaction, groups: readonly ListedGroup[], { importId, now }: Applying): unknown[] => [
  tx.tenantId,
  groups.map(group => group.name),
  groups.map(group => group.schoolId),
  groups.map(group => group.year),
  groups.map(group => group.subject),
  importId,
  now,
];

/** People of the tenant by the customer's own ids; those who have been erased have no such id any more. */
export async function selectPeople(tx: Transaction, externalIds: string[]): Promise<Map<string, number>> {
  const rows = await tx.queryPlannedAnew<{ externalId: string; id: number }>(
    `select people.external_id as "externalId", people.id from people
     where people.tenant_id = $1 and people.external_id = any($2)`,
    [tx.tenantId, externalIds],
  );
  return new Map(rows.map(row => [row.externalId, row.id]));
}

/** Logins as they are compared, in the order given. */
export async function selectLoginKeys(tx: Transaction, logins: string[]): Promise<string[]> {
  const rows = await tx.query<{ key: string }>(
    `select lower(given.login) as key from unnest($1::text[]) with ordinality given(login, place) order by given.place`,
    [logins],
  );
  return rows.map(row => row.key);
}

/** Which of these login keys somebody has. */
export async function selectTakenLogins(tx: Transaction, keys: string[]): Promise<Set<string>> {
  const rows = await tx.queryPlannedAnew<{ key: string }>(
    `select people.login_key as key from people where people.tenant_id = $1 and people.login_key = any($2)`,
    [tx.tenantId, keys],
  );
  return new Set(rows.map(row => row.key));
}

export interface NewStudent {
  ssid: string;
  /** Whether the ssid cannot be the login as well. */
  isTaken: boolean;
}

/** Makes people: learners, under their ssid. Returns their numbers by ssid. */
export async function insertStudents(
  tx: Transaction,
  students: NewStudent[],
  { now }: Applying,
): Promise<Map<string, number>> {
  const rows = await tx.query<{ ssid: string; id: number }>(
    `insert into people (tenant_id, external_id, login, roles, created_at)
     select $1, fresh.ssid, case when fresh.is_taken then 'student-' || md5(fresh.ssid) else fresh.ssid end,
       array['LEARNER'], $4
     from unnest($2::text[], $3::boolean[]) fresh(ssid, is_taken)
     order by fresh.ssid
     returning people.external_id as ssid, people.id`,
    [tx.tenantId, students.map(student => student.ssid), students.map(student => student.isTaken), now],
  );
  return new Map(rows.map(row => [row.ssid, row.id]));
}

export interface Student {
  groupId: number;
  personId: number;
  position: number;
}

export async function mergeStudents(tx: Transaction, students: Student[], { importId }: Applying): Promise<void> {
  await tx.query(
    `insert into student_group_students as known (tenant_id, student_group_id, person_id, position, import_id)
     select $1, listed.group_id, listed.person_id, listed.position, $5
     from unnest($2::int[], $3::int[], $4::int[]) listed(group_id, person_id, position)
     order by listed.group_id, listed.person_id
     on conflict (tenant_id, student_group_id, person_id) do update set
       position = case when known.import_id = $5 then known.position else excluded.position end, import_id = $5`,
    [
      tx.tenantId,
      students.map(one => one.groupId),
      students.map(one => one.personId),
      students.map(one => one.position),
      importId,
    ],
  );
}

export interface User {
  groupId: number;
  login: string;
  position: number;
}

export async function mergeUsers(tx: Transaction, users: User[], { importId }: Applying): Promise<void> {
  await tx.query(
    `insert into student_group_users as known (tenant_id, student_group_id, login_key, login, position, import_id)
     select $1, listed.group_id, lower(listed.login), listed.login, listed.position, $5
     from unnest($2::int[], $3::text[], $4::int[]) listed(group_id, login, position)
     order by listed.group_id, lower(listed.login)
     on conflict (tenant_id, student_group_id, login_key) do update set
       login = case when known.import_id = $5 then known.login else excluded.login end,
       position = case when known.import_id = $5 then known.position else excluded.position end, import_id = $5`,
    [tx.tenantId, users.map(one => one.groupId), users.map(one => one.login), users.map(one => one.position), importId],
  );
}

/** Ends what the file began: of the groups it lists, who is not in it is taken out. */
export async function removeUnlisted(tx: Transaction, { importId }: Applying): Promise<void> {
  const listed = await tx.query<{ id: number }>(
    `select student_groups.id from student_groups where student_groups.tenant_id = $1 and student_groups.import_id = $2`,
    [tx.tenantId, importId],
  );
  for (const members of ['student_group_students', 'student_group_users']) {
    await tx.queryPlannedAnew(
      `delete from ${members}
       where ${members}.tenant_id = $1 and ${members}.student_group_id = any($3) and ${members}.import_id <> $2`,
      [tx.tenantId, importId, listed.map(group => group.id)],
    );
  }
}
