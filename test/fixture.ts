import { keepCountsOfLoad } from '../subgraphs/reporting/published';
import type { RoleName } from '../subgraphs/shared/access/roles';
import { Database, type Transaction } from '../subgraphs/shared/database/database';
import { publicId } from '../subgraphs/shared/identifiers';
import { directUrlOf, isBehindPgBouncer } from './database';
import { growTrees, insertRows, insertTenant, selectHierarchyNumbers, type Row } from './fixture.queries';

const beginning = '2026-01-01T00:00:00Z';

/**
 * A tenant as a test wants it. Its names are the test's own: each is the external id and the name of what it stands
 * for, and names a group or a class, never both.
 */
export interface TenantFixture {
  key: string;
  /** The tenant's own hierarchy: india when omitted. */
  hierarchy?: string;
  /** UTC when omitted. */
  timeZone?: string;
  /** Groups with their types: `{ north: 'district' }`. */
  groups?: Record<string, string>;
  classes?: Record<string, { grade?: string | null; subject?: string | null; active?: boolean }>;
  /** By hierarchy: what hangs under what, null for a root. `{ india: { north: 'inland', a1: 'north' } }` */
  placements?: Record<string, Record<string, string | null>>;
  people?: Record<string, RoleName[]>;
  /** The groups granted to a person. */
  grants?: Record<string, string[]>;
  enrolments?: EnrolmentFixture[];
  competencies?: CompetencyFixture[];
  statuses?: StatusFixture[];
}

export interface EnrolmentFixture {
  class: string;
  person: string;
  /** STUDENT when omitted. */
  type?: 'STUDENT' | 'TEACHER';
  /** ACTIVE when omitted, WITHDRAWN with an `endedAt`. */
  status?: 'ACTIVE' | 'INACTIVE' | 'WITHDRAWN';
  /** The beginning of 2026 (UTC) when omitted. */
  enrolledAt?: string;
  endedAt?: string;
}

export interface CompetencyFixture {
  code: string;
  /** 'core' when omitted. */
  framework?: string;
  grade?: string | null;
  subject?: string | null;
}

export interface StatusFixture {
  person: string;
  competency: string;
  day: string;
  /** 0 not started, 1 in progress, 2 inferred, 3 completed. */
  status: number;
}

/** A tenant that stands in the database. */
export interface KnownTenant extends Numbers {
  key: string;
  number: number;
  /** Its node's public id. */
  id: string;
  /** The id of the bucket of its uncategorised classes. */
  otherId: string;
  /** The public id of a group or class. */
  nodeId(name: string): string;
  personId(name: string): string;
  /** The id of the node under which all adds up that a person sees who does not see the whole tenant. */
  scopeId(person: string): string;
  rolesOf(person: string): RoleName[];
}

/** Our numbers of what the fixture names. */
interface Numbers {
  groups: Map<string, number>;
  classes: Map<string, number>;
  people: Map<string, number>;
  competencies: Map<string, number>;
}

/** The owner's way into a test database, for what a test puts there. Close it before the database is dropped. */
export const connectOwner = (url: string): Promise<Database> =>
  Database.connect({ url, stepDown: false, entities: [], poolSize: 2, ...wayPast(url) });

/** The application's way in, as the service has it. */
export const connectApplication = (url: string, poolSize = 2): Promise<Database> =>
  Database.connect({ url, stepDown: true, entities: [], poolSize, ...wayPast(url) });

const wayPast = (url: string) => (isBehindPgBouncer() ? { directUrl: directUrlOf(url) } : {});

/** Puts a tenant's rows into the database, without a way through the service. */
export async function createTenant(owner: Database, fixture: TenantFixture): Promise<KnownTenant> {
  const { key, hierarchy = 'india', timeZone = 'UTC' } = fixture;
  const number = await insertTenant(owner, { externalId: key, hierarchy, timeZone });
  return owner.transaction(number, 'write', async tx => {
    const numbers: Numbers = {
      groups: await insertNamed(tx, 'groups', named(fixture.groups, type => ({ type }))),
      classes: await insertNamed(
        tx,
        'classes',
        named(fixture.classes, ({ grade = null, subject = null, active = true }) => ({ grade, subject, active })),
      ),
      people: await insertNamed(
        tx,
        'people',
        Object.entries(fixture.people ?? {}).map(([name, roles]) => ({ external_id: name, login: name, roles })),
      ),
      competencies: await insertCompetencies(tx, fixture),
    };
    await insertPlacements(tx, fixture, numbers);
    await insertRows(tx, 'access_grants', grantRows(fixture, numbers));
    await insertRows(tx, 'enrolments', enrolmentRows(fixture, numbers));
    await insertRows(tx, 'competency_statuses', statusRows(fixture, numbers));
    await keepCountsOfLoad(tx, new Date(beginning));
    return knownTenant(fixture, number, numbers);
  });
}

type NamedRow = Row & { external_id: string };

const named = <Of>(things: Record<string, Of> | undefined, columns: (thing: Of) => Row): NamedRow[] =>
  Object.entries(things ?? {}).map(([name, thing]) => ({ external_id: name, name, ...columns(thing) }));

async function insertNamed(tx: Transaction, table: string, rows: NamedRow[]): Promise<Map<string, number>> {
  const ids = await insertRows(tx, table, rows);
  return new Map(rows.map((row, index) => [row.external_id, ids[index]!]));
}

async function insertPlacements(tx: Transaction, { placements = {} }: TenantFixture, { groups, classes }: Numbers) {
  const hierarchies = await selectHierarchyNumbers(tx);
  const rows = (children: Map<string, number>, column: string): Row[] =>
    Object.entries(placements).flatMap(([hierarchy, placed]) =>
      Object.entries(placed)
        .filter(([child]) => children.has(child))
        .map(([child, parent]) => ({
          hierarchy_id: hierarchies.get(hierarchy),
          [column]: children.get(child),
          parent_id: parent === null ? null : groups.get(parent),
        })),
    );
  await insertRows(tx, 'group_placements', rows(groups, 'group_id'));
  await insertRows(tx, 'class_placements', rows(classes, 'class_id'));
  await growTrees(tx, Object.keys(placements).map(hierarchy => hierarchies.get(hierarchy)!));
}

async function insertCompetencies(tx: Transaction, { competencies = [] }: TenantFixture): Promise<Map<string, number>> {
  const frameworkOf = ({ framework = 'core' }: CompetencyFixture) => framework;
  const names = [...new Set(competencies.map(frameworkOf))];
  const frameworks = await insertRows(tx, 'frameworks', names.map(name => ({ name })));
  const ids = await insertRows(
    tx,
    'competencies',
    competencies.map(({ code, grade = null, subject = null, ...competency }) => ({
      ...{ code, grade, subject, title: code },
      framework_id: frameworks[names.indexOf(frameworkOf(competency as CompetencyFixture))],
    })),
  );
  return new Map(competencies.map(({ code }, index) => [code, ids[index]!]));
}

const grantRows = ({ grants = {} }: TenantFixture, { people, groups }: Numbers): Row[] =>
  Object.entries(grants).flatMap(([person, granted]) =>
    granted.map(group => ({ person_id: people.get(person), group_id: groups.get(group), granted_at: beginning })),
  );

const enrolmentRows = ({ enrolments = [] }: TenantFixture, { people, classes }: Numbers): Row[] =>
  enrolments.map(({ class: klass, person, type = 'STUDENT', status, enrolledAt = beginning, endedAt = null }) => ({
    class_id: classes.get(klass),
    person_id: people.get(person),
    status: status ?? (endedAt === null ? 'ACTIVE' : 'WITHDRAWN'),
    ...{ type, enrolled_at: enrolledAt, ended_at: endedAt },
  }));

const statusRows = ({ statuses = [] }: TenantFixture, { people, competencies }: Numbers): Row[] =>
  statuses.map(({ person, competency, day, status }, index) => ({
    person_id: people.get(person),
    competency_id: competencies.get(competency),
    ...{ day, status, occurred_at: `${day}T12:00:00Z`, event_id: String(index) },
  }));

function knownTenant({ key, people = {} }: TenantFixture, number: number, numbers: Numbers): KnownTenant {
  const find = (name: string, ...maps: Map<string, number>[]): number => {
    const found = maps.find(map => map.has(name))?.get(name);
    if (found === undefined) throw new Error(`the fixture ${key} has no '${name}'`);
    return found;
  };
  return {
    ...numbers,
    ...{ key, number },
    id: publicId('tenant', number),
    otherId: publicId('other', number),
    nodeId: name =>
      publicId(numbers.groups.has(name) ? 'group' : 'class', find(name, numbers.groups, numbers.classes)),
    personId: name => publicId('person', find(name, numbers.people)),
    scopeId: name => publicId('scope', find(name, numbers.people)),
    rolesOf: name => people[name] ?? [],
  };
}
