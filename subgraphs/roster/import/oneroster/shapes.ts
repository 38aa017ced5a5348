import { type Fields, RowProblem, shown } from '../bundle/fields';
import type { Row, Shape } from '../bundle/shapes';
import { orgTypes } from './org-types/defaults';
import { fileOf, type Kind, type Mode, type Version } from './records';
import { enrolmentType, expectedRoles, givenRole } from './roles';

interface KindShape {
  columns: readonly string[];
  optional: readonly string[];
  /** What of a row is kept, under our names; lists joined by commas. */
  read(fields: Fields): Row;
}

const orgs: KindShape = {
  columns: ['name', 'type'],
  optional: ['identifier', 'parentSourcedId'],
  read: fields => ({
    name: fields.required('name'),
    type: orgType(fields),
    identifier: fields.optional('identifier'),
    parent: fields.optional('parentSourcedId'),
  }),
};

const academicSessions: KindShape = {
  columns: ['startDate', 'endDate'],
  optional: ['title', 'type', 'parentSourcedId'],
  read: fields => ({ ...period(fields, 'startDate'), parent: fields.optional('parentSourcedId') }),
};

const courses: KindShape = {
  columns: ['title'],
  optional: ['grades', 'subjects', 'orgSourcedId'],
  read: fields => ({ ...gradeAndSubject(fields), org: fields.optional('orgSourcedId') }),
};

const classes: KindShape = {
  columns: ['title', 'schoolSourcedId'],
  optional: ['grades', 'courseSourcedId', 'classCode', 'termSourcedIds', 'subjects'],
  read: fields => ({
    title: fields.required('title'),
    code: fields.optional('classCode'),
    ...gradeAndSubject(fields),
    school: fields.required('schoolSourcedId'),
    course: fields.optional('courseSourcedId'),
    terms: list(fields, 'termSourcedIds'),
  }),
};

const users: KindShape = {
  columns: ['username'],
  optional: ['enabledUser', 'orgSourcedIds', 'role', 'givenName', 'familyName'],
  read: fields => ({
    login: fields.required('username'),
    given_name: fields.optional('givenName'),
    family_name: fields.optional('familyName'),
    enabled: fields.boolean('enabledUser'),
    orgs: list(fields, 'orgSourcedIds'),
    role: fields.has('role') ? userRole(fields) : null,
  }),
};

const roles: KindShape = {
  columns: ['userSourcedId', 'role'],
  optional: ['beginDate', 'endDate', 'orgSourcedId'],
  read: fields => ({
    user: fields.required('userSourcedId'),
    role: userRole(fields),
    org: fields.optional('orgSourcedId'),
    ...period(fields, 'beginDate'),
  }),
};

const enrollments: KindShape = {
  columns: ['classSourcedId', 'userSourcedId', 'role'],
  optional: ['schoolSourcedId', 'beginDate', 'endDate'],
  read: fields => {
    const role = fields.required('role');
    const type = enrolmentType(role);
    if (type === undefined) {
      throw new RowProblem(
        `role: expected student, teacher, aide, proctor or administrator; ${shown(role)} came`,
      );
    }
    return {
      class: fields.required('classSourcedId'),
      user: fields.required('userSourcedId'),
      type,
      school: fields.optional('schoolSourcedId'),
      ...period(fields, 'beginDate'),
    };
  },
};

const shapes: Record<Kind, KindShape> = { orgs, academicSessions, courses, classes, users, roles, enrollments };

/**
 * How a file is read. A row that is unsound but says which record it is about keeps that id, with the reason in
 * `problem`: in a bulk file the record is listed, and has not ended.
 */
export function shapeOf(kind: Kind, { mode, version }: { mode: Mode; version: Version }): Shape {
  const { columns, optional, read } = shapes[kind];
  const needsRole = kind === 'users' && version === '1.1';
  const required = ['sourcedId', ...(mode === 'delta' ? ['status'] : []), ...columns, ...(needsRole ? ['role'] : [])];
  // From 1.2 on a user's roles are in roles.csv: a column of that name is an extension.
  const known = kind === 'users' && version === '1.2' ? optional.filter(column => column !== 'role') : optional;
  return {
    file: fileOf(kind),
    columns: required,
    optional: ['status', ...known].filter(column => !required.includes(column)),
    read: fields => {
      const sourced = { sourced_id: fields.required('sourcedId') };
      try {
        const ended = hasEnded(fields, mode);
        return { ...sourced, ended: String(ended), problem: null, ...(ended ? {} : read(fields)) };
      } catch (error) {
        if (!(error instanceof RowProblem)) throw error;
        return { ...sourced, ended: 'false', problem: error.message };
      }
    },
  };
}

function hasEnded(fields: Fields, mode: Mode): boolean {
  const status = fields.optional('status');
  if (status === null && mode === 'bulk') return false;
  const word = status?.toLowerCase();
  if (word === 'active') return false;
  if (word === 'tobedeleted') return true;
  const came = status === null ? 'the field is empty' : `${shown(status)} came`;
  throw new RowProblem(`status: expected active or tobedeleted${mode === 'bulk' ? ', or an empty field' : ''}; ${came}`);
}

/** Types that a customer has defined ('ext:' and a name) are passed over, as departments are. */
function orgType(fields: Fields): string {
  const text = fields.required('type');
  const word = text.toLowerCase();
  if ((orgTypes as readonly string[]).includes(word) || word.startsWith('ext:')) return word;
  throw new RowProblem(`type: expected one of ${orgTypes.join(', ')}; ${shown(text)} came`);
}

function userRole(fields: Fields): string {
  const role = fields.required('role');
  const given = givenRole(role);
  if (given === undefined) throw new RowProblem(`role: expected ${expectedRoles}; ${shown(role)} came`);
  return given ?? 'none';
}

/** A class has one grade and one subject here: of several, the first. */
const gradeAndSubject = (fields: Fields): Row => ({
  grade: list(fields, 'grades')?.split(',')[0] ?? null,
  subject: list(fields, 'subjects')?.split(',')[0] ?? null,
});

/** As long as any other text may be: the list as a whole may be longer. */
const longestElement = 512;

/** The elements of a list, without blanks around them; null where there are none. */
function list(fields: Fields, column: string): string | null {
  const elements = fields.prose(column)?.split(',').map(element => element.trim()).filter(Boolean) ?? [];
  const tooLong = elements.find(element => element.length > longestElement);
  if (tooLong) {
    throw new RowProblem(
      `${column}: expected elements of at most ${longestElement} characters; one of ${tooLong.length} came`,
    );
  }
  return elements.join(',') || null;
}

/** The first day and the first day after the last, each of which may be missing. */
function period(fields: Fields, first: 'beginDate' | 'startDate'): Row {
  const begin = day(fields, first);
  const end = day(fields, 'endDate');
  if (begin !== null && end !== null && end < begin) {
    throw new RowProblem(`endDate: expected no day before ${first} (${begin}); ${end} came`);
  }
  return { begin, end };
}

const day = (fields: Fields, column: string): string | null => {
  const text = fields.optionalMoment(column);
  return text === null ? null : fields.optional(column)!.slice(0, 10);
};
