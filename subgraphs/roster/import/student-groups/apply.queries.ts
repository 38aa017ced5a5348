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

/** Schools of the tenant by the customer's own ids. */
export async function selectSchools(tx: Transaction, externalIds: string[]): Promise<Map<string, number>> {
  const rows = await tx.query<{ externalId: string; id: number }>(
    `select groups.external_id as "externalId", groups.id from groups
     where groups.tenant_id = $1 and groups.type = 'school' and groups.external_id = any($2)`,
    [tx.tenantId, externalIds],
  );
  return new Map(rows.map(row => [row.externalId, row.id]));
}

/** Makes the groups that are not there, brings back those that were deleted; their ids, in the order given. */
export async function mergeGroups(tx: Transaction, groups: ListedGroup[], { importId, now }: Applying): Promise<number[]> {
  const listed = `unnest($2::text[], $3::int[], $4::int[], $5::text[]) listed(name, school_id, school_year, subject)`;
  const same = `student_groups.tenant_id = $1 and student_groups.school_id = listed.school_id
    and student_groups.school_year = listed.school_year and student_groups.name = listed.name`;
  const parameters = [
    tx.tenantId,
    groups.map(group => group.name),
    groups.map(group => group.schoolId),
    groups.map(group => group.year),
    groups.map(group => group.subject),
    importId,
    now,
  ];
  await tx.query(
    `update student_groups set subject = coalesce(listed.subject, student_groups.subject), import_id = $6,
       updated_at = $7, deleted_at = null
     from ${listed} where ${same}`,
    parameters,
  );
  await tx.query(
    `insert into student_groups (tenant_id, name, school_id, school_year, subject, import_id, created_at, updated_at)
     select $1, listed.name, listed.school_id, listed.school_year, listed.subject, $6, $7, $7
     from ${listed} where not exists (select from student_groups where ${same})`,
    parameters,
  );
  const rows = await tx.query<{ id: number }>(
    `select student_groups.id
     from unnest($2::text[], $3::int[], $4::int[]) with ordinality listed(name, school_id, school_year, place)
     join student_groups on ${same}
     order by listed.place`,
    parameters.slice(0, 4),
  );
  return rows.map(row => row.id);
}

/** Students nobody has heard of become people: learners, under their ssid. Their login is the ssid, unless it is taken. */
export async function createUnknownStudents(tx: Transaction, ssids: string[], { now }: Applying): Promise<void> {
  await tx.query(
    `insert into people (tenant_id, external_id, login, roles, created_at)
     select $1, fresh.ssid, case
         when fresh.alike > 1 or exists (
           select from people taken where taken.tenant_id = $1 and lower(taken.login) = lower(fresh.ssid))
         then 'student-' || md5(fresh.ssid) else fresh.ssid
       end, array['LEARNER'], $3
     from (
       select listed.ssid, count(*) over (partition by lower(listed.ssid)) as alike
       from unnest($2::text[]) listed(ssid)
       where not exists (select from people known where known.tenant_id = $1 and known.external_id = listed.ssid)
     ) fresh
     order by fresh.ssid`,
    [tx.tenantId, ssids, now],
  );
}

export interface Member {
  groupId: number;
  /** A student's ssid or a user's login. */
  name: string;
  position: number;
}

export async function mergeStudents(tx: Transaction, students: Member[], { importId }: Applying): Promise<void> {
  await tx.query(
    `insert into student_group_students as known (tenant_id, student_group_id, person_id, position, import_id)
     select $1, listed.group_id, people.id, listed.position, $5
     from unnest($2::int[], $3::text[], $4::int[]) listed(group_id, ssid, position)
     join people on people.tenant_id = $1 and people.external_id = listed.ssid
     order by listed.group_id, people.id
     on conflict (tenant_id, student_group_id, person_id) do update set
       position = case when known.import_id = $5 then known.position else excluded.position end, import_id = $5`,
    [tx.tenantId, students.map(one => one.groupId), students.map(one => one.name), students.map(one => one.position), importId],
  );
}

export async function mergeUsers(tx: Transaction, users: Member[], { importId }: Applying): Promise<void> {
  await tx.query(
    `insert into student_group_users as known (tenant_id, student_group_id, login_key, login, position, import_id)
     select $1, listed.group_id, lower(listed.login), listed.login, listed.position, $5
     from unnest($2::int[], $3::text[], $4::int[]) listed(group_id, login, position)
     order by listed.group_id, lower(listed.login)
     on conflict (tenant_id, student_group_id, login_key) do update set
       login = case when known.import_id = $5 then known.login else excluded.login end,
       position = case when known.import_id = $5 then known.position else excluded.position end, import_id = $5`,
    [tx.tenantId, users.map(one => one.groupId), users.map(one => one.name), users.map(one => one.position), importId],
  );
}

/** Ends what the file began: of the groups it lists, who is not in it is taken out. */
export async function removeUnlisted(tx: Transaction, { importId }: Applying): Promise<void> {
  for (const members of ['student_group_students', 'student_group_users']) {
    await tx.query(
      `delete from ${members}
       using student_groups
       where student_groups.tenant_id = $1 and student_groups.import_id = $2 and ${members}.tenant_id = $1
         and ${members}.student_group_id = student_groups.id and ${members}.import_id <> $2`,
      [tx.tenantId, importId],
    );
  }
}
