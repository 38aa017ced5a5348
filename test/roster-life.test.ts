import fc from 'fast-check';
import { verify } from '../subgraphs/reporting/rollup/verify';
import { buildMissing } from '../subgraphs/reporting/rollup/build';
import type { Database } from '../subgraphs/shared/database/database';
import { connectOwner, createTenant, type KnownTenant } from './fixture';
import { startGateway, type Asker, type GatewayForTest } from './start-gateway';

/**
 * Rosters that change at random, beside a model that knows no SQL: who is in which class, which series are assigned,
 * which classes are active, and how many lines the log must have.
 */
const classNames = ['c0', 'c1', 'c2'];
const studentNames = ['s0', 's1', 's2'];
const statuses = ['ACTIVE', 'INACTIVE', 'WITHDRAWN'] as const;

type Change =
  | { do: 'enrol'; klass: string; people: string[] }
  | { do: 'status'; klass: string; person: string; type: 'STUDENT' | 'TEACHER'; status: (typeof statuses)[number] }
  | { do: 'teach' | 'unteach'; klass: string; person: string }
  | { do: 'assign' | 'take'; klass: string; series: number }
  | { do: 'active'; klass: string; active: boolean };

const klass = fc.constantFrom(...classNames);
const person = fc.constantFrom(...studentNames);
const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('enrol' as const),
      klass,
      people: fc.array(person, { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      ...{ do: fc.constant('status' as const), klass, person },
      ...{ type: fc.constantFrom('STUDENT' as const, 'TEACHER' as const), status: fc.constantFrom(...statuses) },
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('teach' as const, 'unteach' as const), klass, person }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('assign' as const, 'take' as const),
      klass,
      series: fc.nat({ max: 1 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('active' as const), klass, active: fc.boolean() }) },
);

class Model {
  /** `c0 s0 STUDENT` → status */
  readonly enrolments = new Map<string, string>();
  /** `c0 0` */
  readonly assigned = new Set<string>();
  readonly inactive = new Set<string>();
  lines = 0;

  /** Whether the service must do it; what is not there to be changed is NOT_FOUND. */
  apply(asked: Change): boolean {
    const set = (key: string, status: string): boolean => {
      if (!this.enrolments.has(key) && status !== 'ACTIVE') return false;
      if (this.enrolments.get(key) !== status) this.lines++;
      this.enrolments.set(key, status);
      return true;
    };
    const toggle = (of: Set<string>, element: string, there: boolean): boolean => {
      if (of.has(element) !== there) this.lines++;
      if (there) of.add(element);
      else of.delete(element);
      return true;
    };
    switch (asked.do) {
      case 'enrol':
        return asked.people.every(name => set(`${asked.klass} ${name} STUDENT`, 'ACTIVE'));
      case 'status': {
        const key = `${asked.klass} ${asked.person} ${asked.type}`;
        return this.enrolments.has(key) && set(key, asked.status);
      }
      case 'teach':
        return set(`${asked.klass} ${asked.person} TEACHER`, 'ACTIVE');
      case 'unteach':
        return set(`${asked.klass} ${asked.person} TEACHER`, 'WITHDRAWN');
      case 'assign':
      case 'take':
        return toggle(this.assigned, `${asked.klass} ${asked.series}`, asked.do === 'assign');
      case 'active':
        return toggle(this.inactive, asked.klass, !asked.active);
    }
  }

  rosterOf = (name: string): string[] =>
    [...this.enrolments]
      .filter(([key]) => key.startsWith(`${name} `))
      .map(([key, status]) => `${key} ${status}`)
      .sort();

  studiesIn = (student: string): string[] =>
    classNames.filter(name => this.enrolments.get(`${name} ${student} STUDENT`) === 'ACTIVE');

  seriesOf = (student: string): string[] =>
    [0, 1]
      .filter(series =>
        this.studiesIn(student).some(name => !this.inactive.has(name) && this.assigned.has(`${name} ${series}`)),
      )
      .map(series => `Series ${series}`);

  get students(): number {
    return studentNames.filter(name => this.studiesIn(name).some(klass => !this.inactive.has(klass))).length;
  }
}

let gateway: GatewayForTest;
let owner: Database;
beforeAll(async () => {
  gateway = await startGateway({ now: new Date('2026-03-20T12:00:00Z') });
  owner = await connectOwner(gateway.database.url);
});
afterAll(async () => {
  await owner.close();
  await gateway.close();
  expect(gateway.bugs).toEqual([]);
});

let made = 0;
async function makeTenant(): Promise<{ tenant: KnownTenant; admin: Asker; series: string[] }> {
  const key = `tenant${made++}`;
  const tenant = await createTenant(owner, {
    ...{
      key,
      groups: { land: 'country', school: 'school' },
      classes: Object.fromEntries(classNames.map(name => [name, {}])),
    },
    placements: {
      india: { land: null, school: 'land', c0: 'school', c1: 'land' },
      sap: { school: 'land', c0: 'school' },
    },
    people: { admin: ['ORG_ADMIN'], ...Object.fromEntries(studentNames.map(name => [name, ['LEARNER']])) },
  });
  await owner.transaction(tenant.number, 'write', buildMissing);
  const admin: Asker = { subject: 'admin', tenant: key, roles: ['ORG_ADMIN'] };
  const series: string[] = [];
  for (const name of ['Series 0', 'Series 1']) {
    series.push(
      (await gateway.read(admin, `mutation { createTestSeries(name: "${name}") { id } }`)).createTestSeries.id,
    );
  }
  return { tenant, admin, series };
}

function mutationOf(asked: Change, { tenant, series }: { tenant: KnownTenant; series: string[] }): string {
  const classId = `classId: "${tenant.nodeId(asked.klass)}"`;
  switch (asked.do) {
    case 'enrol':
      return `enrolStudents(${classId}, studentIds: ${JSON.stringify(asked.people.map(tenant.personId))}) { id }`;
    case 'status':
      return `setEnrolmentStatus(${classId}, userId: "${tenant.personId(asked.person)}", type: ${asked.type}, status: ${asked.status}) { status }`;
    case 'teach':
    case 'unteach':
      return `${asked.do === 'teach' ? 'assignTeacher' : 'removeTeacher'}(${classId}, teacherId: "${tenant.personId(asked.person)}") { id }`;
    case 'assign':
    case 'take':
      return `${asked.do === 'assign' ? 'assignTestSeries' : 'removeTestSeries'}(${classId}, testSeriesId: "${series[asked.series]}") { id }`;
    case 'active':
      return `setClassActive(${classId}, active: ${asked.active}) { id }`;
  }
}

test('whatever is changed in whatever order, rosters, series, counts and the log are what the changes make of them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 25 }), async changes => {
      const { tenant, admin, series } = await makeTenant();
      const model = new Model();
      for (const asked of changes) {
        const codes = await gateway.codes(admin, `mutation { ${mutationOf(asked, { tenant, series })} }`);
        expect([asked, codes]).toEqual([asked, model.apply(asked) ? [] : ['NOT_FOUND']]);
      }
      const data = await gateway.read(
        admin,
        `{
        activityLog { totalCount }
        hierarchyNode(id: "${tenant.id}") { classCount studentCount }
        ${classNames
          .map(
            name => `${name}: class(id: "${tenant.nodeId(name)}") {
          active enrolments { nodes { user { login } type status } } }`,
          )
          .join(' ')}
        ${studentNames
          .map(
            name => `${name}: student(id: "${tenant.personId(name)}") {
          testSeries { name } classes { name } can0: canAccessTestSeries(testSeriesId: "${series[0]}") }`,
          )
          .join(' ')}
      }`,
      );
      expect(data.activityLog.totalCount).toBe(model.lines);
      expect(data.hierarchyNode).toEqual({
        classCount: classNames.length - model.inactive.size,
        studentCount: model.students,
      });
      for (const name of classNames) {
        const rows = data[name].enrolments.nodes.map(
          (row: { user: { login: string }; type: string; status: string }) =>
            `${name} ${row.user.login} ${row.type} ${row.status}`,
        );
        expect([data[name].active, rows.sort()]).toEqual([!model.inactive.has(name), model.rosterOf(name)]);
      }
      const names = (list: { name: string }[]) => list.map(({ name }) => name);
      for (const name of studentNames) {
        const seen = [names(data[name].classes), names(data[name].testSeries), data[name].can0];
        const must = model.seriesOf(name);
        expect(seen).toEqual([model.studiesIn(name), must, must.includes('Series 0')]);
      }
      const { differences } = await owner.transaction(tenant.number, 'read', tx => verify(tx));
      expect(differences).toEqual([]);
    }),
    { numRuns: Number(process.env.STRATA_PROPERTY_RUNS ?? 25) },
  );
});
