import type { Transaction } from '../../../shared/database/database';
import {
  createUnknownStudents,
  mergeGroups,
  mergeStudents,
  mergeUsers,
  removeUnlisted,
  selectSchools,
  type Applying,
  type ListedGroup,
  type Member,
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
  const groups = new Map<string, ListedGroup>();
  for (const row of rows) {
    const schoolId = schools.get(row.school);
    if (schoolId === undefined) throw new Error(`there is no school '${row.school}' any more`);
    const group = groups.get(keyOf(row));
    if (group) group.subject ??= row.subject;
    else groups.set(keyOf(row), { name: row.name, schoolId, year: row.year, subject: row.subject });
  }
  const ids = await mergeGroups(tx, [...groups.values()], applying);
  const idOf = new Map([...groups.keys()].map((key, index) => [key, ids[index]!]));

  const students = new Map<string, Member>();
  const users = new Map<string, Member>();
  for (const row of rows) {
    const groupId = idOf.get(keyOf(row))!;
    const list = (members: Map<string, Member>, key: string, name: string): void => {
      const member = `${groupId} ${key}`;
      if (!members.has(member)) members.set(member, { groupId, name, position: row.number });
    };
    if (row.ssid !== null) list(students, row.ssid, row.ssid);
    if (row.login !== null) list(users, row.login.toLowerCase(), row.login);
  }
  if (students.size > 0) {
    const ssids = new Set([...students.values()].map(student => student.name));
    await createUnknownStudents(tx, [...ssids], applying);
    await mergeStudents(tx, [...students.values()], applying);
  }
  if (users.size > 0) await mergeUsers(tx, [...users.values()], applying);
}

const keyOf = ({ school, year, name }: GroupRow): string => JSON.stringify([school, year, name]);
