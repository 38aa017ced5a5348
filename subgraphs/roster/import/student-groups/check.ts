import { beginsFormula } from '../../../shared/formula-guard';
import { columns, isHeader, readRow, subjectOf, type GroupRow, type Subject } from './columns';
import { Failures, shown } from './failures';
import { NotCsv, readRecords } from './read-records';

export interface Checked {
  sound: boolean;
  /** Whether it begins with the header of a student group file. */
  looksRight: boolean;
  /** What the sender is told: groups accepted for each school, or what is wrong. */
  message: string;
  /** Data records, the header not counted. */
  records: number;
}

/** Which of these schools, by the customer's own ids, the sender may write groups for. */
export type FindSchools = (externalIds: string[]) => Promise<Set<string>>;

const recordsAtOnce = 1_000;
const mostStudents = 200;
const longestText = 255;

/** Checks a whole file, as a stream, before any of it is applied. */
export async function checkFile(bytes: AsyncIterable<Buffer>, findSchools: FindSchools): Promise<Checked> {
  const failures = new Failures();
  const check = new RowsCheck(failures, findSchools);
  let looksRight = false;
  let records = 0;
  let batch: string[][] = [];
  const settle = async (): Promise<void> => {
    const taken = batch;
    batch = [];
    await check.take(taken, records - taken.length + 1);
  };
  let begun = false;
  try {
    for await (const fields of readRecords(bytes)) {
      if (!begun) {
        begun = true;
        looksRight = isHeader(fields);
        if (!looksRight) break;
        continue;
      }
      records++;
      if (batch.push(fields) >= recordsAtOnce) await settle();
    }
    await settle();
  } catch (error) {
    if (!(error instanceof NotCsv)) throw error;
    await settle();
    if (looksRight) failures.add(records + 1, error.message);
    else begun = true;
  }
  check.finish();
  if (begun && !looksRight) {
    failures.add(0, `Invalid headers. Headers must be in order: [${columns.join(',')}]`);
    failures.add(0, 'File does not appear to be a valid CSV with a header row');
  } else if (records === 0 && !failures.any) {
    failures.add(0, 'Empty file');
  }
  return { sound: !failures.any, looksRight, records, message: failures.any ? failures.message : check.accepted };
}

interface OpenGroup {
  key: string;
  name: string;
  subject: Subject | null;
  students: Set<string>;
  lastRow: number;
}

/** The rows of a file, one after the other: each by itself, and against those before it. */
class RowsCheck {
  private readonly known = new Set<string>();
  /** Schools with how many groups each has; a school whose rows have ended may not come again. */
  private readonly groupsOf = new Map<string, number>();
  private school: string | undefined;
  private groupsOfSchool = new Set<string>();
  private group: OpenGroup | undefined;

  constructor(
    private readonly failures: Failures,
    private readonly findSchools: FindSchools,
  ) {}

  async take(rows: string[][], firstNumber: number): Promise<void> {
    const named = new Set(rows.map(row => row[1]?.trim() ?? '').filter(isText));
    const unknown = [...named].filter(school => !this.known.has(school));
    if (unknown.length > 0) for (const school of await this.findSchools(unknown)) this.known.add(school);
    rows.forEach((fields, index) => this.row(fields, firstNumber + index));
  }

  finish(): void {
    this.closeGroup();
  }

  get accepted(): string {
    return [...this.groupsOf]
      .map(([school, groups]) => `${groups} ${groups === 1 ? 'group' : 'groups'} accepted for ${school}.`)
      .join('\n');
  }

  private row(fields: string[], number: number): void {
    const wrong = wrongFields(fields);
    const school = fields[1]?.trim() ?? '';
    if (fields.length === columns.length && school !== '' && !this.known.has(school)) {
      wrong.push(`School [${shown(school)}] can not be found`);
    }
    for (const failure of wrong) this.failures.add(number, failure);
    if (wrong.length === 0) this.place(readRow(fields, number));
  }

  /** Against the rows before it: by school, group and year, each in one piece. */
  private place(row: GroupRow): void {
    const { school, name, year, subject, ssid, number } = row;
    if (school !== this.school) {
      this.closeGroup();
      this.school = school;
      this.groupsOfSchool = new Set();
      if (this.groupsOf.has(school)) {
        this.failures.add(number, `School [${shown(school)}] is out-of-order: sort CSV by school, group, year`);
      } else {
        this.groupsOf.set(school, 0);
      }
    }
    const key = `${year} ${name}`;
    if (key !== this.group?.key) {
      this.closeGroup();
      if (this.groupsOfSchool.has(key)) {
        this.failures.add(number, 'Record is out-of-order: sort CSV by school, group, year');
      }
      this.groupsOfSchool.add(key);
      this.groupsOf.set(school, this.groupsOf.get(school)! + 1);
      this.group = { key, name, subject, students: new Set(), lastRow: number };
    }
    const group = this.group!;
    group.lastRow = number;
    if (subject !== null && group.subject !== null && subject !== group.subject) {
      this.failures.add(
        number,
        `Record is attempting to re-define group subject from [${group.subject}] to [${subject}]`,
      );
    } else {
      group.subject ??= subject;
    }
    if (ssid !== null) group.students.add(ssid);
  }

  private closeGroup(): void {
    const { group, school } = this;
    this.group = undefined;
    if (!group || group.students.size <= mostStudents) return;
    const about = `School [${shown(school!)}] Group [${shown(group.name)}]`;
    this.failures.add(
      group.lastRow,
      `${about} contains ${group.students.size} students.  Maximum students allowed per group is ${mostStudents}`,
    );
  }
}

/** What is wrong with a row's fields, each by itself. */
function wrongFields(fields: string[]): string[] {
  if (fields.length !== columns.length) {
    return [`Record has ${fields.length} fields; expected ${columns.length}: [${columns.join(',')}]`];
  }
  if (fields.some(field => field.includes('\uFFFD'))) return ['Record is not UTF-8'];
  const [name, school, year, subject, ssid, login] = fields.map(field => field.trim()) as [
    string, string, string, string, string, string,
  ];
  const wrong: string[] = [];
  if (school === '') wrong.push('Record does not contain a school');
  if (name === '') wrong.push('Record does not contain a group name');
  else if (!isText(name)) wrong.push(`Invalid group name: ${shown(name)}`);
  if (year === '') wrong.push('Record does not contain a school year');
  else if (!/^(19|20|21)\d\d$/.test(year)) wrong.push(`Invalid school year: ${shown(year)}`);
  if (subject !== '' && subjectOf(subject) === undefined) wrong.push(`Invalid subject: ${shown(subject)}`);
  if (!isText(ssid)) wrong.push(`Invalid student ssid: ${shown(ssid)}`);
  if (!isText(login)) wrong.push(`Invalid user login: ${shown(login)}`);
  return wrong;
}

/** No control characters, no endless text, and nothing that a spreadsheet would take for a formula. */
const isText = (text: string): boolean => text.length <= longestText && !/[\p{Cc}\p{Cs}]/u.test(text) && !beginsFormula.test(text);
