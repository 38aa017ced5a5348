/** The columns of a student group file, in this order. */
export const columns = [
  'group_name',
  'school_natural_id',
  'school_year',
  'subject_code',
  'student_ssid',
  'group_user_login',
] as const;

export const subjects = ['All', 'Math', 'ELA'] as const;
export type Subject = (typeof subjects)[number];

/** A row whose fields are sound. A row may name a student, a user, both or neither. */
export interface GroupRow {
  /** The record's number in the file, from 1. */
  number: number;
  name: string;
  /** The customer's own id of the school. */
  school: string;
  year: number;
  subject: Subject | null;
  ssid: string | null;
  login: string | null;
}

/** A row's fields, trimmed; what is empty is null. The row must have been checked. */
export function readRow(fields: readonly string[], number: number): GroupRow {
  const [name, school, year, subject, ssid, login] = fields.map(field => field.trim());
  return {
    ...{ number, name: name!, school: school!, year: Number(year), subject: subjectOf(subject!) ?? null },
    ...{ ssid: ssid || null, login: login || null },
  };
}

/** The subject in its own spelling; undefined of what is none. */
export const subjectOf = (text: string): Subject | undefined =>
  subjects.find(subject => subject.toLowerCase() === text.toLowerCase());

export const isHeader = (fields: readonly string[]): boolean =>
  fields.length === columns.length && columns.every((column, index) => fields[index]!.trim().toLowerCase() === column);
