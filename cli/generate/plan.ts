import { BadInput } from '../../subgraphs/shared/bad-input';
import { dayNumber, isDate } from './calendar';
import { profiles, type Profile, type ProfileName } from './profiles';
import { hash, seedFor } from './random';
import { ancestorOfSchool, groupRef, growTree, schoolLevel, type GroupRef, type Tree } from './tree';

export interface GenerateOptions {
  profile: ProfileName;
  classes: number;
  days: number;
  seed: number;
  /** last day of activity, YYYY-MM-DD */
  through: string;
  /** `generated-<profile>` when omitted. */
  tenantId?: string;
  tenantName?: string;
  /** What people's logins end with; `<tenantId>.example` when omitted. */
  domain?: string;
  /** About: a class has up to two more or fewer. 12 when omitted. */
  learnersPerClass?: number;
  /** About, of one class; hardly any at weekends. 1.2 when omitted: less than one a day of the calendar. */
  eventsPerSchoolDay?: number;
}

/** All that a tenant's files are made from. It grows with the classes by some ten bytes each, with days not at all. */
export interface Plan {
  tenantId: string;
  tenantName: string;
  domain: string;
  profile: Profile;
  tree: Tree;
  classes: number;
  /** 0: the class has none. */
  grade: Uint8Array;
  /** A number of the profile's subjects; -1: the class has none. */
  subject: Int8Array;
  learners: Uint8Array;
  firstDay: number;
  lastDay: number;
  /** Days of activity; the period from first to last day has at least one all the same. */
  days: number;
  eventsPerSchoolDay: number;
  seed: number;
}

export function planTenant(options: GenerateOptions): Plan {
  check(options);
  const { classes, days, seed, learnersPerClass = 12, eventsPerSchoolDay = 1.2 } = options;
  const profile = profiles[options.profile];
  const tenantId = options.tenantId ?? `generated-${options.profile}`;
  const lastDay = dayNumber(options.through);
  const tree = growTree({ profile, classes, seed });
  return {
    tenantId,
    tenantName: options.tenantName ?? profile.tenantName,
    domain: options.domain ?? `${tenantId}.example`,
    profile,
    tree,
    classes,
    ...classTraits({ tree, classes, learnersPerClass, seed: seedFor(seed, 'classes') }),
    firstDay: lastDay - Math.max(days, 1) + 1,
    lastDay,
    days,
    eventsPerSchoolDay,
    seed,
  };
}

function check(options: GenerateOptions): void {
  const wrong = (name: string, expected: string, came: unknown) =>
    new BadInput(`${name}: expected ${expected}; got ${JSON.stringify(came) ?? String(came)}`);
  const whole = (name: keyof GenerateOptions, [from, to]: [number, number]) => {
    const value = options[name];
    if (value !== undefined && !(Number.isSafeInteger(value) && (value as number) >= from && (value as number) <= to)) {
      throw wrong(name, `a whole number from ${from} to ${to}`, value);
    }
  };
  const { profile, through, tenantId, eventsPerSchoolDay: events = 0 } = options;
  if (!Object.hasOwn(profiles, profile)) throw wrong('profile', Object.keys(profiles).join(', '), profile);
  whole('classes', [1, 5_000_000]);
  whole('days', [0, 3_660]);
  whole('seed', [0, Number.MAX_SAFE_INTEGER]);
  // Learners are numbered with two digits.
  whole('learnersPerClass', [1, 90]);
  if (typeof through !== 'string' || !isDate(through)) throw wrong('through', 'a date YYYY-MM-DD', through);
  if (!(events >= 0 && events <= 1_000)) throw wrong('eventsPerSchoolDay', 'a number from 0 to 1000', events);
  if (tenantId !== undefined && !/^[\w.-]+$/.test(tenantId)) {
    throw wrong('tenantId', 'letters, digits, points and hyphens', tenantId);
  }
}

interface TraitOptions { tree: Tree; classes: number; learnersPerClass: number; seed: number }
type Traits = Pick<Plan, 'grade' | 'subject' | 'learners'>;

function classTraits({ tree, classes, learnersPerClass, seed }: TraitOptions): Traits {
  const { grades: [lowest, highest], subjects } = tree.profile;
  const grade = new Uint8Array(classes);
  const subject = new Int8Array(classes);
  const learners = new Uint8Array(classes);
  const schools = tree.firstChild.at(-1)!;
  for (let c = 0; c < classes; c++) {
    const school = tree.schoolOf[c]!;
    const h = hash(seed, c);
    // A school teaches up to four grades on end.
    const from = hash(hash(seed, -1), school) % (highest - lowest + 1);
    const above = (c - schools[school]!) % 4;
    grade[c] = c % 71 === 44 ? 0 : lowest + (from + above) % (highest - lowest + 1);
    subject[c] = h % 7 === 0 ? -1 : (h >>> 8) % subjects.length;
    learners[c] = Math.max(1, learnersPerClass + (h >>> 16) % 5 - 2);
  }
  return { grade, subject, learners };
}

// Ragged on purpose, a few in a hundred classes each; by number and not by chance, so that a small tenant has them too.
const isUncategorised = (c: number): boolean => c % 41 === 23;
const hangsUnderRegion = (c: number): boolean => c % 53 === 17;
const hangsUnderNeighbour = (c: number): boolean => c % 61 === 31;
const hasNoSchool = (c: number): boolean => c % 82 === 64;
export const isActive = (c: number): boolean => c % 37 !== 29;

const schoolRef = (tree: Tree, school: number): GroupRef => groupRef(tree, { level: schoolLevel(tree), n: school });

/** What the roster says, wherever the class hangs. */
export const rosterSchool = ({ tree }: Plan, c: number): GroupRef | null =>
  (hasNoSchool(c) ? null : schoolRef(tree, tree.schoolOf[c]!));

/** Where the tenant's own hierarchy places the class; null: nowhere. */
export function classParent({ tree, profile }: Plan, c: number): GroupRef | null {
  if (isUncategorised(c)) return null;
  const school = tree.schoolOf[c]!;
  const regionOf = (n: number) => ancestorOfSchool(tree, { school: n, above: profile.region });
  if (hangsUnderRegion(c)) return groupRef(tree, { level: profile.region, n: regionOf(school) });
  if (!hangsUnderNeighbour(c)) return schoolRef(tree, school);
  const neighbours = [school + 1, school - 1].filter(n => n >= 0 && n < tree.counts.at(-1)!);
  return schoolRef(tree, neighbours.find(n => regionOf(n) === regionOf(school)) ?? school);
}

/** The level below the root's, or the root's where schools follow: what partners and upper officers are granted. */
export const upperLevel = ({ profile }: Plan): number => Math.min(1, profile.region);

export const classId = (c: number): string => `class-${String(c).padStart(7, '0')}`;
