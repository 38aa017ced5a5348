import fc from 'fast-check';
import { Random } from '../../../cli/generate/random';
import { file, openGroupFiles, type GroupFiles } from '../../../test/group-files';
import type { Asker } from '../../../test/start-gateway';

const as = (subject: string, ...roles: string[]): Asker => ({ subject, tenant: 'acme', roles });
const admin = as('admin', 'ORG_ADMIN');
const tutor = as('tutor', 'TEACHER');
const learners = Array.from({ length: 8 }, (_, n) => `l${n}`);
const classes = { c1: 's1', c2: 's1', c3: 's2', c4: null } as const;
const classNames = Object.keys(classes) as (keyof typeof classes)[];
const members: Record<string, string[]> = { alpha: ['l0', 'l1', 'l2'], beta: ['l2', 'l3', 'l7'], empty: [] };
const days = ['2026-01-30', '2026-01-31', '2026-02-01', '2026-02-14', '2026-02-28', '2026-03-01'];

interface Event {
  eventId: string;
  classId: keyof typeof classes;
  userId: string;
  occurredAt: string;
  score?: number;
  secondsSpent?: number;
  kind: string;
  subject?: string;
  contentSource?: string;
}

const random = new Random(7);
const pick = <T>(list: readonly T[]): T => list[random.below(list.length)]!;
const events: Event[] = Array.from({ length: 400 }, (_, n) => ({
  eventId: `event-${n}`,
  classId: pick(classNames),
  userId: pick(learners.slice(0, 7)),
  occurredAt: `${pick(days)}T${10 + random.below(10)}:00:00Z`,
  ...(random.below(3) > 0 ? { score: random.below(1_000_001) / 10_000 } : {}),
  ...(random.below(3) > 0 ? { secondsSpent: random.below(3) * 100 } : {}),
  kind: pick(['ASSESSMENT', 'COLLECTION']),
  ...(random.below(4) > 0 ? { subject: pick(['Maths', 'ELA']) } : {}),
  ...(random.below(2) > 0 ? { contentSource: 'library' } : {}),
}));

let files: GroupFiles;
let groupIds: Record<string, string>;
beforeAll(async () => {
  files = await openGroupFiles({
    key: 'acme',
    groups: { land: 'country', s1: 'school', s2: 'school' },
    classes: { c1: {}, c2: {}, c3: {}, c4: {} },
    placements: { india: { land: null, s1: 'land', s2: 'land', c1: 's1', c2: 's1', c3: 's2' } },
    people: {
      admin: ['ORG_ADMIN'], tutor: ['TEACHER'], teacher: ['TEACHER'], officer: ['OFFICER'], nobody: ['OFFICER'],
      ...Object.fromEntries(learners.map(learner => [learner, ['LEARNER'] as const])) as unknown as Record<string, ['LEARNER']>,
    },
    grants: { officer: ['s2'] },
    enrolments: [{ class: 'c1', person: 'teacher', type: 'TEACHER' }, { class: 'c1', person: 'l7' }],
  });
  const { body } = await files.send(
    admin,
    file(...Object.entries(members).flatMap(([group, students]) => [
      `${group},s1,2026,,,tutor`,
      ...students.map(student => `${group},s1,2026,,${student},`),
    ])),
  );
  await files.settled(admin, body.id);
  // In two parts that overlap: what is sent again counts once.
  await files.gateway.send(admin, events.slice(0, 250));
  expect((await files.gateway.send(admin, events.slice(200))).body).toMatchObject({ accepted: 150, duplicates: 50 });
  const { studentGroups } = await files.gateway.read(admin, '{ studentGroups { nodes { id name } } }');
  groupIds = Object.fromEntries(studentGroups.nodes.map(({ id, name }: { id: string; name: string }) => [name, id]));
});
afterEach(() => expect(files.gateway.bugs).toEqual([]));
afterAll(() => files.close());

interface Question {
  from: string;
  through: string;
  subject: string | null;
  contentSource: string | null;
}

/** What the events add up to, by hand. */
function expected(counts: (event: Event) => boolean, { from, through, subject, contentSource }: Question) {
  const those = events.filter(event => {
    const day = event.occurredAt.slice(0, 10);
    return counts(event) && day >= from && day <= through && (subject === null || event.subject === subject) &&
      (contentSource === null || event.contentSource === contentSource);
  });
  const scored = those.filter(event => event.score !== undefined);
  const timed = those.filter(event => (event.secondsSpent ?? 0) > 0);
  const points = scored.reduce((sum, event) => sum + Math.round(event.score! * 10_000), 0);
  const seconds = (kind: string) =>
    timed.filter(event => event.kind === kind).reduce((sum, event) => sum + event.secondsSpent!, 0);
  return {
    performance: {
      attempts: scored.length,
      scoreSum: points / 10_000,
      averageScore: scored.length === 0 ? null : points / scored.length / 10_000,
      learners: new Set(scored.map(event => event.userId)).size,
    },
    timeSpent: {
      totalSeconds: seconds('COLLECTION') + seconds('ASSESSMENT'),
      collectionSeconds: seconds('COLLECTION'),
      assessmentSeconds: seconds('ASSESSMENT'),
      learners: new Set(timed.map(event => event.userId)).size,
    },
  };
}

const performance = 'performance(period: $period, filter: $filter) { attempts scoreSum averageScore learners }';
const timeSpent =
  'timeSpent(period: $period, filter: $filter) { totalSeconds collectionSeconds assessmentSeconds learners }';
const variablesOf = ({ from, through, subject, contentSource }: Question) => ({
  period: { from, through },
  filter: { subject, contentSource },
});

const question = fc.record({
  from: fc.constantFrom(...days),
  through: fc.constantFrom(...days),
  subject: fc.constantFrom(null, 'Maths', 'ELA', 'Art'),
  contentSource: fc.constantFrom(null, 'library'),
}).filter(({ from, through }) => from <= through);

test("a student group's performance is that of its students' activity in any class, and each student's their own", () =>
  fc.assert(
    fc.asyncProperty(question, fc.constantFrom(admin, tutor), async (asked, who) => {
      const query = `query ($period: PeriodInput!, $filter: MetricFilter) { studentGroups { nodes {
        name ${performance} students { nodes { login ${performance} ${timeSpent} } } } } }`;
      const { studentGroups } = await files.gateway.read(who, query, variablesOf(asked));
      expect(studentGroups.nodes).toEqual(
        Object.entries(members).map(([name, students]) => ({
          name,
          performance: expected(event => students.includes(event.userId), asked).performance,
          students: {
            nodes: students.map(login => ({ login, ...expected(event => event.userId === login, asked) })),
          },
        })),
      );
    }),
    { numRuns: 40 },
  ));

const everything: Question = { from: days[0]!, through: days.at(-1)!, subject: null, contentSource: null };

async function studentsResults(who: Asker, students: string[]) {
  const { data, errors } = await files.gateway.service.entities({
    subgraph: 'reporting',
    tenant: files.tenant,
    as: who.subject,
    type: 'Student',
    keys: students.map(student => ({ id: files.tenant.personId(student) })),
    fields: [performance, timeSpent].join(' ')
      .replaceAll('$period', `{ from: "${everything.from}", through: "${everything.through}" }`)
      .replaceAll('filter: $filter', 'filter: {}'),
  });
  return { found: data!._entities, codes: (errors ?? []).map(error => error.extensions?.code) };
}

describe("a student's own results are seen", () => {
  test('by the student, whole; not those of others', async () => {
    const { found, codes } = await studentsResults(as('l0'), ['l0', 'l1']);
    expect([found, codes]).toEqual([[expected(event => event.userId === 'l0', everything), null], ['FORBIDDEN']]);
  });

  test("by a student group's users, whole, through that group alone", async () => {
    const { found, codes } = await studentsResults(tutor, ['l0', 'l3', 'l4']);
    expect(found).toEqual([
      expected(event => event.userId === 'l0', everything),
      expected(event => event.userId === 'l3', everything),
      null,
    ]);
    expect(codes).toEqual(['FORBIDDEN']);
  });

  test('by others in the classes that they cover, and nowhere else', async () => {
    const inSchool = await studentsResults(as('officer'), ['l4', 'l5']);
    expect(inSchool).toEqual({
      found: ['l4', 'l5'].map(one => expected(event => event.userId === one && event.classId === 'c3', everything)),
      codes: [],
    });
    const ofTeacher = await studentsResults(as('teacher'), ['l4', 'l7']);
    expect(ofTeacher).toEqual({
      found: ['l4', 'l7'].map(one => expected(event => event.userId === one && event.classId === 'c1', everything)),
      codes: [],
    });
    expect(await studentsResults(as('nobody'), ['l4'])).toEqual({ found: [null], codes: ['FORBIDDEN'] });
  });

  test('by a user of a group who has grants too, whole for its students and by grant for others', async () => {
    const { body } = await files.send(admin, file('gamma,s2,2026,,l6,officer'));
    await files.settled(admin, body.id);
    const { found } = await studentsResults(as('officer'), ['l6', 'l5']);
    expect(found).toEqual([
      expected(event => event.userId === 'l6', everything),
      expected(event => event.userId === 'l5' && event.classId === 'c3', everything),
    ]);
  });
});

test('a group is refused to who is not among its users; an id that does not exist is nobody', async () => {
  const ask = (who: Asker, type: string, id: string) =>
    files.gateway.service.entities({
      subgraph: 'reporting', tenant: files.tenant, as: who.subject, type, keys: [{ id }],
      fields: 'performance(period: { from: "2026-01-01", through: "2026-12-31" }) { attempts }',
    });
  expect((await ask(as('l0'), 'StudentGroup', groupIds.alpha!)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  for (const [type, id] of [['StudentGroup', 'n0zzzzz'], ['Student', 'p0zzzzz'], ['Student', 'x']] as const) {
    expect(await ask(admin, type, id)).toEqual({ data: { _entities: [null] } });
  }
});

test('says where the number came from, and a wrong period is refused', async () => {
  const query = `query ($period: PeriodInput!) { studentGroups(first: 1) { nodes {
    performance(period: $period) { provenance { source storedLevel freshness hierarchyVersion } } } } }`;
  const { studentGroups } = await files.gateway.read(tutor, query, variablesOf(everything));
  expect(studentGroups.nodes[0].performance.provenance).toEqual({
    source: 'READ_TIME', storedLevel: null, freshness: 'FRESH', hierarchyVersion: expect.any(Number),
  });
  expect(await files.gateway.codes(tutor, query, { period: { from: '2026-02-01', through: '2026-01-01' } })).toEqual(['BAD_USER_INPUT']);
});

test('takes as many statements for many groups and students as for one', async () => {
  const count = async (first: number, from: string): Promise<number> => {
    let statements = 0;
    for (const name of ['roster', 'reporting'] as const) {
      files.gateway.service.subgraph(name).database.onStatement = () => statements++;
    }
    const query = `query ($period: PeriodInput!, $first: Int!) { studentGroups(first: $first) { nodes { name school { name }
      performance(period: $period) { attempts } students(first: $first) { totalCount nodes { login
      performance(period: $period) { attempts } timeSpent(period: $period) { totalSeconds } } } } } }`;
    await files.gateway.read(tutor, query, { period: { from, through: '2026-03-01' }, first });
    return statements;
  };
  // Work in the background may add some of its own to one try.
  const least = async (first: number): Promise<number> =>
    Math.min(await count(first, '2026-01-01'), await count(first, '2026-01-02'), await count(first, '2026-01-03'));
  expect(await least(3)).toBeLessThanOrEqual(await least(1));
});
