import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { once } from 'node:events';

/** How large a roster is; every class has its share of the users and the enrolments. */
export interface RosterSize {
  classes: number;
  users: number;
  enrolments: number;
}

const classesOfASchool = 30;
const schoolsOfADistrict = 50;

/** Writes a bulk OneRoster 1.1 bundle of this size into a folder; the same size makes the same bundle. */
export async function writeOneRoster(dir: string, size: RosterSize): Promise<void> {
  const schools = Math.ceil(size.classes / classesOfASchool);
  const districts = Math.ceil(schools / schoolsOfADistrict);
  const schoolOf = (classNumber: number): number => classNumber % schools;
  const files: Record<string, Iterable<string>> = {
    manifest: manifest(),
    orgs: orgs({ schools, districts }),
    academicSessions: ['sourcedId,title,type,startDate,endDate', 'year,2025-26,schoolYear,2025-08-15,2026-06-15'],
    courses: courses(),
    classes: rows('sourcedId,title,grades,courseSourcedId,classCode,schoolSourcedId,termSourcedIds,subjects',
      size.classes, n => `c${n},Class ${n},,course${n % 12},C-${n},school${schoolOf(n)},year,`),
    users: rows('sourcedId,enabledUser,orgSourcedIds,role,username,givenName,familyName',
      size.users, n => `u${n},true,school${n % schools},${roleOf(n)},user${n}@example.org,Given ${n},Family ${n}`),
    // A class's members are apart by as many users as there are classes, so that no two enrolments are the same.
    enrollments: rows('sourcedId,classSourcedId,schoolSourcedId,userSourcedId,role,beginDate,endDate',
      size.enrolments, n => {
        const inClass = n % size.classes;
        const user = (inClass + Math.floor(n / size.classes) * Math.max(1, Math.floor(size.users / 37))) % size.users;
        return `e${n},c${inClass},school${schoolOf(inClass)},u${user},${roleOf(user)},2025-08-${15 + (n % 10)},`;
      }),
  };
  for (const [name, lines] of Object.entries(files)) await writeLines(path.join(dir, `${name}.csv`), lines);
}

const roleOf = (user: number): string => (user % 20 === 0 ? 'teacher' : 'student');

function* manifest(): Iterable<string> {
  yield* ['propertyName,value', 'manifest.version,1.0', 'oneroster.version,1.1'];
  for (const file of ['orgs', 'academicSessions', 'courses', 'classes', 'users', 'enrollments']) yield `file.${file},bulk`;
}

function* orgs({ schools, districts }: { schools: number; districts: number }): Iterable<string> {
  yield 'sourcedId,name,type,identifier,parentSourcedId';
  yield 'nation,Nation,national,,';
  yield 'state,State,state,,nation';
  for (let n = 0; n < districts; n++) yield `district${n},District ${n},district,,state`;
  for (let n = 0; n < schools; n++) yield `school${n},School ${n},school,${n},district${n % districts}`;
}

function* courses(): Iterable<string> {
  yield 'sourcedId,title,grades,subjects';
  for (let n = 0; n < 12; n++) yield `course${n},Course ${n},${n + 1},Subject ${n % 5}`;
}

function* rows(header: string, many: number, row: (n: number) => string): Iterable<string> {
  yield header;
  for (let n = 0; n < many; n++) yield row(n);
}

async function writeLines(file: string, lines: Iterable<string>): Promise<void> {
  const stream = createWriteStream(file);
  let text = '';
  for (const line of lines) {
    text += `${line}\n`;
    if (text.length < 65_536) continue;
    if (!stream.write(text)) await once(stream, 'drain');
    text = '';
  }
  stream.end(text);
  await once(stream, 'finish');
}
