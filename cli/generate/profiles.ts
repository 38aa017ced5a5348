import { americanNames, indianNames, internationalNames, type PeopleNames } from './people-names';
import { americanPlace, americanStates, countries, indianPlace, indianStates, internationalPlace } from './places';
import { americanSubjects, indianSubjects, internationalSubjects, type Subject } from './subjects';

export type ProfileName = 'india' | 'us' | 'sap';

/** A level of groups. Either its groups are a fixed list of [id, code, name], or the nth one's name is made up. */
interface GroupLevel {
  type: string;
  count(classes: number): number;
  fixed?: readonly (readonly [string, string, string])[];
  name(n: number): string;
}

/** Competencies exist for these subjects (by number) and grades, both ends included. */
interface Framework { name: string; subjects: readonly number[]; grades: readonly [number, number] }

export interface Profile {
  /** The seeded hierarchy's id. */
  hierarchy: ProfileName;
  tenantName: string;
  timeZone: string;
  levels: readonly GroupLevel[];
  /** The level whose groups differ most in what their learners achieve; some classes hang straight under one. */
  region: number;
  /** Some schools hang straight under a group of this level instead of the one above them; null: none. */
  schoolsSkipTo: number | null;
  /** Digits of a group's number among its siblings, in its code. */
  codeDigits: number;
  /** The schools stand in country_school_mapping.csv instead of placements.csv. */
  countrySchoolMapping: boolean;
  people: PeopleNames;
  subjects: readonly Subject[];
  grades: readonly [number, number];
  className(grade: number, section: string): string;
  frameworks: readonly Framework[];
  contentSources: readonly string[];
}

/** Where a level has its full size. Below it every level shrinks by the same power, so that none is ever empty. */
const FULL_SIZE = 1_200_000;
const sized = (full: number) => (classes: number) => Math.round(full ** (Math.log(classes) / Math.log(FULL_SIZE)));

function fixedLevel(type: string, list: readonly (readonly [string, string, string])[]): GroupLevel {
  const count = sized(list.length);
  return { type, fixed: list, count: classes => Math.min(list.length, count(classes)), name: n => list[n]![2] };
}

const kindOf = (kinds: readonly string[], n: number): string => kinds[Math.imul(n, 7) % kinds.length]!;

const indianSchools = ['Government Primary School, ', 'Government Upper Primary School, ', 'Government High School, ',
  'Government Girls’ High School, ', 'Composite School, ', 'Model School, ', 'Municipal School, ',
  'Government Higher Secondary School, '];
const americanDistricts = [' Unified School District', ' Independent School District', ' Public Schools',
  ' Community School District', ' Area School District', ' City Schools'];
const americanSchools = [' Elementary School', ' Middle School', ' High School', ' Academy', ' Charter School',
  ' K-8 School'];
const internationalSchools = [' School', ' Academy', ' Gymnasium', ' International School', ' College', ' Lyceum'];

const indiaProfile: Profile = {
  hierarchy: 'india',
  tenantName: 'Made-up India',
  timeZone: 'Asia/Kolkata',
  levels: [
    fixedLevel('country', [['IN', 'IN', 'India']]),
    fixedLevel('state', indianStates.map(([code, name]) => [`IN-${code}`, code, name])),
    { type: 'district', count: sized(700), name: indianPlace },
    { type: 'block', count: sized(7_000), name: n => indianPlace(n + 1_000) },
    { type: 'cluster', count: sized(16_000), name: n => `${indianPlace(n + 9_000)} Cluster` },
    { type: 'school', count: sized(150_000), name: n => kindOf(indianSchools, n) + indianPlace(n + 3_000) },
  ],
  region: 2,
  schoolsSkipTo: 2,
  codeDigits: 2,
  countrySchoolMapping: false,
  people: indianNames,
  subjects: indianSubjects,
  grades: [1, 12],
  className: (grade, section) => `Class ${grade}${section}`,
  frameworks: [
    { name: 'NCF', subjects: [0, 1, 2, 3], grades: [1, 12] },
    { name: 'Foundations', subjects: [0, 2], grades: [1, 3] },
  ],
  contentSources: ['Textbook', 'Video lessons', 'Practice sets', 'Question bank'],
};

const usProfile: Profile = {
  hierarchy: 'us',
  tenantName: 'Made-up United States',
  timeZone: 'America/Chicago',
  levels: [
    fixedLevel('country', [['US', 'US', 'United States']]),
    fixedLevel('state', americanStates.map(([code, name]) => [`US-${code}`, code, name])),
    { type: 'school_district', count: sized(10_000), name: n => americanPlace(n) + kindOf(americanDistricts, n) },
    { type: 'school', count: sized(100_000), name: n => americanPlace(n + 2_000) + kindOf(americanSchools, n) },
  ],
  region: 2,
  schoolsSkipTo: 1,
  codeDigits: 3,
  countrySchoolMapping: false,
  people: americanNames,
  subjects: americanSubjects,
  grades: [1, 12],
  className: (grade, section) => `Grade ${grade} Section ${section}`,
  frameworks: [
    { name: 'State Standards', subjects: [0, 1, 2, 3], grades: [1, 12] },
    { name: 'Early Literacy', subjects: [1], grades: [1, 3] },
  ],
  contentSources: ['District curriculum', 'Video library', 'Adaptive practice', 'Benchmark tests'],
};

const sapProfile: Profile = {
  hierarchy: 'sap',
  tenantName: 'Made-up School Network',
  timeZone: 'Europe/Berlin',
  levels: [
    {
      ...fixedLevel('country', countries.map(([code, name]) => [code, code, name])),
      // A network has a few schools in each of many countries.
      count: classes => Math.min(countries.length, Math.round(Math.sqrt(classes))),
    },
    { type: 'school', count: sized(120_000), name: n => internationalPlace(n) + kindOf(internationalSchools, n) },
  ],
  region: 0,
  schoolsSkipTo: null,
  codeDigits: 3,
  countrySchoolMapping: true,
  people: internationalNames,
  subjects: internationalSubjects,
  grades: [7, 12],
  className: (grade, section) => `${grade}${section.toLowerCase()}`,
  frameworks: [
    { name: 'Core Skills', subjects: [0, 1, 2, 3], grades: [7, 12] },
    { name: 'Digital Skills', subjects: [2], grades: [7, 12] },
  ],
  contentSources: ['Course library', 'Live sessions', 'Projects', 'Assessments'],
};

export const profiles: Readonly<Record<ProfileName, Profile>> = { india: indiaProfile, us: usProfile, sap: sapProfile };
