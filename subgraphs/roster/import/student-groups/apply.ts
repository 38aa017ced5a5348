import type { Transaction } from '../../../shared/database/database';
import {
  insertGroups,
  insertStudents,
  mergeStudents,
  mergeUsers,
  removeUnlisted,
  selectGroupsLike,
  selectLoginKeys,
  selectPeople,
  selectSchools,
  selectTakenLogins,
  updateGroups,
  type Applying,
  type ListedGroup,
  type User,
} from './apply.queries';
import { readRow, type GroupRow } from './columns';
import { readRecords } from './read-records';

const recordsAtOnce = 2_000;

export interface ApplyOptions extends Applying {
  bytes: AsyncIterable<Buffer>;
  /** Told after each part; what it throws ends the work. */
  onProgress: (records: number) => Promise<void>;
}

/**
 * Makes the groups of a checked file what the file says, in the transaction handed in: their students and users become
 * exactly those listed, and groups that it does not list stay as they are.
 */
export async function applyFile(tx: Transaction, { bytes, onProgress, ...applying }: ApplyOptions): Promise<void> {
  let records = -1; // the first is the header
  let rows: GroupRow[] = [];
  const settle = async (): Promise<void> => {
    const taken = rows;
    rows = [];
    if (taken.length > 0) await applyRows(tx, taken, applying);
    await onProgress(Math.max(records, 0));
  };
  for await (const fields of readRecords(bytes)) {
    if (++records === 0) continue;
    if (rows.push(readRow(fields, records)) >= recordsAtOnce) await settle();
  }
  await settle();
  await removeUnlisted(tx, applying);
}

async function applyRows(tx: Transaction, rows: GroupRow[], applying: Applying): Promise<void> {
  const schools = await selectSchools(tx, [...new Set(rows.map(row => row.school))]);
  const listed = new Map<string, ListedGroup>();
  const groupOf = (row: GroupRow): string => {
    const schoolId = schools.get(row.school);
    if (schoolId === undefined) throw new Error(`there is no school '${row.school}' any more`);
    return keyOf({ ...row, schoolId });
  };
  for (const row of rows) {
    const key = groupOf(row);
    const group = listed.get(key);
    if (group) group.subject ??= row.subject;
    else listed.set(key, { name: row.name, schoolId: schools.get(row.school)!, year: row.year, subject: row.subject });
  }
  const groupIds = await mergeGroups(tx, [...listed.values()], applying);

  const students = new Map<string, { groupId: number; ssid: string; position: number }>();
  const users = new Map<string, User>();
  for (const row of rows) {
    const { ssid, login, number: position } = row;
    const groupId = groupIds.get(groupOf(row))!;
    const student = `${groupId} ${ssid}`;
    if (ssid !== null && !students.has(student)) students.set(student, { groupId, ssid, position });
    const user = `${groupId} ${login?.toLowerCase()}`;
    if (login !== null && !users.has(user)) users.set(user, { groupId, login, position });
  }
  if (students.size > 0) {
    const ssids = new Set([...students.values()].map(student => student.ssid));
    const people = await findOrMakeStudents(tx, [...ssids], applying);
    const known = [...students.values()].map(student => ({ ...student, personId: people.get(student.ssid)! }));
    await mergeStudents(tx, known, applying);
  }
  if (users.size > 0) await mergeUsers(tx, [...users.values()], applying);
}

/** Makes the groups that are not there, brings back those that were deleted; their ids by key. No other worker makes any. */
async function mergeGroups(tx: Transaction, groups: ListedGroup[], applying: Applying): Promise<Map<string, number>> {
  const ids = new Map((await selectGroupsLike(tx, groups)).map(group => [keyOf(group), group.id]));
  const known = groups.flatMap(group => {
    const id = ids.get(keyOf(group));
    return id === undefined ? [] : [{ ...group, id }];
  });
  await updateGroups(tx, known, applying);
  const made = await insertGroups(tx, groups.filter(group => !ids.has(keyOf(group))), applying);
  for (const group of made) ids.set(keyOf(group), group.id);
  return ids;
}

/**
 * Students nobody has heard of become people: learners, under their ssid. Their login is the ssid, unless it is taken.
 * Returns the numbers of all by ssid.
 */
async function findOrMakeStudents(tx: Transaction, ssids: string[], applying: Applying): Promise<Map<string, number>> {
  const people = await selectPeople(tx, ssids);
  const fresh = ssids.filter(ssid => !people.has(ssid));
  if (fresh.length === 0) return people;
  const keys = await selectLoginKeys(tx, fresh);
  const taken = await selectTakenLogins(tx, keys);
  const seen = new Set<string>();
  for (const key of keys) {
    if (seen.has(key)) taken.add(key);
    seen.add(key);
  }
  const students = fresh.map((ssid, index) => ({ ssid, isTaken: taken.has(keys[index]!) }));
  for (const [ssid, id] of await insertStudents(tx, students, applying)) people.set(ssid, id);
  return people;
}

const keyOf = ({ schoolId, year, name }: Pick<ListedGroup, 'schoolId' | 'year' | 'name'>): string =>
  JSON.stringify([schoolId, year, name]);
