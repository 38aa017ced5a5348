import type { Database } from '../subgraphs/shared/database/database';
import { createTenant, type KnownTenant } from './fixture';
import { startGateway, type Asker, type GatewayForTest } from './start-gateway';

const many = Array.from({ length: 100 }, (_, n) => `k${n}`);

let gateway: GatewayForTest;
let tenant: KnownTenant;
let statements: string[] = [];

beforeAll(async () => {
  const fill = async (owner: Database) => {
    tenant = await createTenant(owner, {
      key: 'acme',
      groups: { land: 'country', school: 'school' },
      classes: Object.fromEntries(many.map(name => [name, {}])),
      placements: { india: { land: null, school: 'land', ...Object.fromEntries(many.map(name => [name, 'school'])) } },
      people: {
        ...{ admin: ['ORG_ADMIN'], officer: ['OFFICER'], tina: ['TEACHER'], one: ['LEARNER'], all: ['LEARNER'] },
        ...Object.fromEntries(many.map(name => [`of-${name}`, ['LEARNER']])),
      },
      grants: { officer: ['land'] },
      enrolments: [
        { class: 'k0', person: 'one' },
        ...many.flatMap(name => [
          { class: name, person: 'all' },
          { class: name, person: `of-${name}` },
          { class: name, person: 'tina', type: 'TEACHER' as const },
        ]),
      ],
    });
  };
  gateway = await startGateway({ fill, background: false, now: new Date('2026-03-20T12:00:00Z') });
  for (const name of ['roster', 'hierarchy'] as const) {
    gateway.service.subgraph(name).database.onStatement = sql => statements.push(sql);
  }
  const admin = askers.admin!;
  const { createTestSeries } = await gateway.read(admin, 'mutation { createTestSeries(name: "Series") { id } }');
  for (const name of many) {
    const both = `classId: "${tenant.nodeId(name)}", testSeriesId: "${createTestSeries.id}"`;
    await gateway.read(admin, `mutation { assignTestSeries(${both}) { id } }`);
  }
});
afterAll(async () => {
  await gateway.close();
  expect(gateway.bugs).toEqual([]);
});

const asker = (subject: string, role: string): Asker => ({ subject, tenant: 'acme', roles: [role] as Asker['roles'] });
const askers: Record<string, Asker> = {
  admin: asker('admin', 'ORG_ADMIN'),
  officer: asker('officer', 'OFFICER'),
  tina: asker('tina', 'TEACHER'),
};

const fields = `name active testSeries { name } placements { name hierarchyId parent { id } }
  enrolments(first: 20, status: ACTIVE) { totalCount nodes { type user { login } } pageInfo { hasNextPage } }`;

/** Only the fields of a class that its reader sees: a teacher sees no node above the class. */
test.each(['admin', 'officer', 'tina'])(
  'a list of a hundred classes with their enrolments takes %s as many statements as one',
  async person => {
    const count = async (student: string): Promise<{ ran: number; classes: number }> => {
      statements = [];
      const query = `{ student(id: "${tenant.personId(student)}") { login testSeries { name } classes { ${fields} } } }`;
      const { student: found } = await gateway.read(askers[person]!, query);
      for (const klass of found.classes) {
        expect(klass.enrolments.totalCount).toBe(klass.name === 'k0' ? 4 : 3);
        expect(klass.placements).toMatchObject([{ name: klass.name, hierarchyId: 'india' }]);
      }
      return { ran: statements.length, classes: found.classes.length };
    };
    await count('of-k1'); // the first request finds the tenant; it is remembered for a while
    const one = await count('one');
    expect(one).toEqual({ ran: expect.any(Number), classes: 1 });
    expect(one.ran).toBeGreaterThan(5);
    expect(await count('all')).toEqual({ ran: one.ran, classes: 100 });
  },
);

test('a hundred students, by reference, take as many statements as one', async () => {
  const { service } = gateway;
  const count = async (names: string[]): Promise<number> => {
    statements = [];
    const { data, errors } = await service.entities({
      ...{ subgraph: 'roster', tenant, as: 'tina', type: 'Student' },
      keys: names.map(name => ({ id: tenant.personId(name) })),
      fields: 'login testSeries { name } classes { name }',
    });
    expect([data!._entities.filter(student => student !== null).length, errors]).toEqual([names.length, undefined]);
    return statements.length;
  };
  const one = await count(['of-k0']);
  expect(await count(many.map(name => `of-${name}`))).toBe(one);
});

test('enrolling a thousand takes as many statements as enrolling one', async () => {
  const { classes } = tenant;
  const database = gateway.service.subgraph('roster').database;
  const people = await database.transaction(tenant.number, 'write', tx =>
    tx.query<{ id: number }>(
      `insert into people (tenant_id, external_id, login, roles)
       select $1, 'new' || n, 'new' || n, array['LEARNER'] from generate_series(1, 1001) n returning id`,
      [tenant.number],
    ),
  );
  const ids = people.map(({ id }) => `p${id.toString(36).padStart(6, '0')}`);
  const count = async (studentIds: string[]): Promise<number> => {
    statements = [];
    const query = `mutation ($ids: [ID!]!) { enrolStudents(classId: "${tenant.nodeId('k5')}", studentIds: $ids) { id } }`;
    await gateway.read(askers.admin!, query, { ids: studentIds });
    return statements.length;
  };
  const one = await count(ids.slice(0, 1));
  expect(await count(ids.slice(1))).toBe(one);
  expect(classes.size).toBe(100);
});
