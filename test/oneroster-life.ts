import fc from 'fast-check';
import { csv, manifest, type Modes, type OneRoster, type Version } from './oneroster';

/**
 * For tests only: a random customer whose roster changes, sent as bundles, and what anybody would read from them with a
 * pencil. Ids are few, so that they meet: orgs above each other in rings, users and classes that come late or go.
 */

interface Org { type: string; parent: string }
interface Klass { school: string; grade: string }
interface User { role: string; enabled: boolean }
interface Role { user: string; role: string }
interface Enrolment { klass: string; user: string; role: string; begin: string; end: string }

interface Listed<What> { id: string; status: 'active' | 'tobedeleted'; what: What }
interface File<What> { mode: 'bulk' | 'delta'; rows: Listed<What>[] }

export interface Step {
  orgs: File<Org> | null;
  classes: File<Klass> | null;
  users: File<User> | null;
  roles: File<Role> | null;
  enrollments: File<Enrolment> | null;
}

const ids = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, n) => `${prefix}${n}`);
const oneOf = <T>(...values: T[]) => fc.constantFrom(...values);

const orgId = oneOf(...ids('o', 9));
const classId = oneOf(...ids('c', 5));
const userId = oneOf(...ids('u', 5));
const userRole = oneOf('student', 'teacher', 'administrator', 'guardian');

const org: fc.Arbitrary<Org> = fc.record({
  type: oneOf('national', 'state', 'state', 'local', 'district', 'school', 'school', 'department'),
  parent: fc.oneof({ weight: 8, arbitrary: orgId }, { weight: 1, arbitrary: oneOf('', 'nowhere') }),
});
const klass = fc.record({ school: fc.oneof(orgId, oneOf('o0', 'nowhere')), grade: oneOf('05', '06', '') });
const user = fc.record({ role: userRole, enabled: fc.boolean() });
const role = fc.record({ user: userId, role: userRole });
const enrolment: fc.Arbitrary<Enrolment> = fc.record({
  klass: classId, user: userId, role: oneOf('student', 'student', 'teacher', 'aide', 'administrator'),
  begin: oneOf('', '2026-01-05', '2026-02-05'), end: oneOf('', '', '2026-03-01', '2026-03-20', '2026-12-01'),
});

const file = <What>(id: fc.Arbitrary<string>, what: fc.Arbitrary<What>, many: number): fc.Arbitrary<File<What> | null> =>
  fc.option(
    fc.record({
      mode: oneOf('bulk' as const, 'delta' as const, 'delta' as const),
      rows: fc.uniqueArray(
        fc.record({ id, status: oneOf('active' as const, 'active' as const, 'active' as const, 'tobedeleted' as const), what }),
        { selector: row => row.id, maxLength: many },
      ),
    }),
    { freq: 4 },
  );

const step: fc.Arbitrary<Step> = fc.record({
  orgs: file(orgId, org, 9), classes: file(classId, klass, 5), users: file(userId, user, 5),
  roles: file(oneOf(...ids('r', 8)), role, 8), enrollments: file(oneOf(...ids('e', 12)), enrolment, 12),
});

export const lives = fc.record({
  version: oneOf<Version>('1.1', '1.2'), hierarchy: oneOf('us', 'india', 'sap'), steps: fc.array(step, { minLength: 1, maxLength: 4 }),
});

/** The step as a customer would send it; statuses in whatever case. */
export function bundleOfStep({ orgs, classes, users, roles, enrollments }: Step, version: Version): OneRoster | null {
  const files: OneRoster = {};
  const modes: Modes = {};
  const write = <What>(name: string, given: File<What> | null, header: string, row: (what: What) => string): void => {
    if (!given) return;
    modes[name] = given.mode;
    const status = (text: string, n: number) => (n % 3 === 0 ? text.toUpperCase() : text);
    files[`${name}.csv`] = csv(
      `metadata.line,status,sourcedId,${header}`,
      ...given.rows.map(({ id, status: text, what }, n) => `${n},${status(text, n)},${id},${row(what)}`),
    );
  };
  write('orgs', orgs, 'type,parentSourcedId,name', ({ type, parent }) => `${type},${parent},An org`);
  write('classes', classes, 'title,grades,schoolSourcedId', ({ school, grade }) => `A class,${grade},${school}`);
  if (version === '1.1') write('users', users, 'enabledUser,role,username', ({ role, enabled }) => `${enabled},${role},LOGIN`);
  else write('users', users, 'enabledUser,username', ({ enabled }) => `${enabled},LOGIN`);
  if (version === '1.2') write('roles', roles, 'userSourcedId,role', what => `${what.user},${what.role}`);
  write('enrollments', enrollments, 'classSourcedId,userSourcedId,role,beginDate,endDate', what =>
    [what.klass, what.user, what.role, what.begin, what.end].join(','));
  if (Object.keys(modes).length === 0) return null;
  if (files['users.csv']) {
    files['users.csv'] = (files['users.csv'] as string).replace(/,(u\d),(.*)LOGIN/g, (_, id, middle) => `,${id},${middle}login-${id}`);
  }
  return { 'manifest.csv': manifest(version, modes), ...files };
}

/** A customer's records, as they are after some bundles. */
export class Reading {
  private readonly orgs = new Map<string, Org & { ended: boolean }>();
  private readonly classes = new Map<string, Klass & { ended: boolean }>();
  private readonly users = new Map<string, User & { ended: boolean }>();
  private readonly roles = new Map<string, Role & { ended: boolean }>();
  private readonly enrolments = new Map<string, Enrolment & { ended: boolean }>();
  private readonly groupsEver = new Set<string>();

  constructor(private readonly version: Version, private readonly levels: readonly string[]) {}

  take({ orgs, classes, users, roles, enrollments }: Step): void {
    const read = <What>(known: Map<string, What & { ended: boolean }>, given: File<What> | null): void => {
      if (!given) return;
      const listed = new Set(given.rows.map(({ id }) => id));
      if (given.mode === 'bulk') for (const [id, record] of known) if (!listed.has(id)) record.ended = true;
      for (const { id, status, what } of given.rows) {
        if (status === 'active') known.set(id, { ...what, ended: false });
        else if (known.has(id)) known.get(id)!.ended = true;
      }
    };
    read(this.orgs, orgs);
    read(this.classes, classes);
    read(this.users, users);
    if (this.version === '1.2') read(this.roles, roles);
    read(this.enrolments, enrollments);
    for (const [id, { type, ended }] of this.orgs) if (!ended && this.becomes(type)) this.groupsEver.add(`${this.becomes(type)} ${id}`);
  }

  private becomes(type: string): string | null {
    if (type === 'national') return 'country';
    if (type === 'local' || type === 'district') return this.levels.includes('school_district') ? 'school_district' : 'district';
    return type === 'department' ? null : type;
  }

  private levelOf(id: string): number {
    return this.levels.indexOf(this.becomes(this.orgs.get(id)!.type) ?? '');
  }

  /** The orgs above one that is there, nearest first, as far as they are there and not met before. */
  private above(id: string): string[] {
    const met = [id];
    for (let at = this.orgs.get(id)!.parent; this.orgs.get(at)?.ended === false && !met.includes(at); ) {
      met.push(at);
      at = this.orgs.get(at)!.parent;
    }
    return met.slice(1);
  }

  private name(id: string): string {
    return `${this.becomes(this.orgs.get(id)!.type)} ${id}`;
  }

  get groups(): string[] {
    return [...this.groupsEver].sort();
  }

  /** By group: its parent, or null for a root. */
  get groupParents(): Map<string, string | null> {
    const parents = new Map<string, string | null>();
    for (const [id, { ended }] of this.orgs) {
      const level = this.levelOf(id);
      if (ended || level < 0) continue;
      const parent = this.above(id).find(other => this.levelOf(other) >= 0 && this.levelOf(other) < level);
      if (level === 0) parents.set(this.name(id), null);
      else if (parent !== undefined) parents.set(this.name(id), this.name(parent));
    }
    return parents;
  }

  get classParents(): Map<string, string> {
    const parents = new Map<string, string>();
    for (const [id, { school }] of this.classes) {
      if (this.orgs.get(school)?.ended !== false) continue;
      const parent = [school, ...this.above(school)].find(other => this.levelOf(other) >= 0);
      if (parent !== undefined) parents.set(id, this.name(parent));
    }
    return parents;
  }

  /** Classes from which no way leads up to a group of the first level. */
  get uncategorised(): string[] {
    const groupParents = this.groupParents;
    return [...this.classes.keys()].filter(id => {
      let at: string | null | undefined = this.classParents.get(id);
      while (at && groupParents.get(at)) at = groupParents.get(at);
      return !at?.startsWith(`${this.levels[0]} `);
    }).sort();
  }

  get activeClasses(): string[] {
    return [...this.classes].filter(([, { ended }]) => !ended).map(([id]) => id).sort();
  }

  /** Class, user, type and, where a first day was told, that day. */
  enrolled(today: string): string[] {
    const begins = new Map<string, string[]>();
    for (const { klass, user, role, begin, end, ended } of this.enrolments.values()) {
      const there = this.classes.get(klass)?.ended === false && this.users.get(user)?.ended === false;
      if (ended || !there || role === 'administrator' || (end !== '' && end <= today)) continue;
      const key = `${klass} ${user} ${role === 'student' ? 'STUDENT' : 'TEACHER'}`;
      begins.set(key, [...(begins.get(key) ?? []), begin]);
    }
    return [...begins].map(([key, days]) => `${key} ${days.filter(Boolean).sort()[0] ?? '?'}`).sort();
  }

  get rolesOfUsers(): Map<string, string[]> {
    const given: Record<string, string> = { student: 'LEARNER', teacher: 'TEACHER', administrator: 'OFFICER' };
    return new Map([...this.users].map(([id, { role, enabled, ended }]) => {
      const held = this.version === '1.1'
        ? [role]
        : [...this.roles.values()].filter(other => other.user === id && !other.ended).map(other => other.role);
      const roles = ended || !enabled ? [] : held.map(name => given[name]).filter(name => name !== undefined);
      return [id, [...new Set(roles)].sort()];
    }));
  }
}
