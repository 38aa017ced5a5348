import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ALTERNATE, writeDemoBundle } from './demo';
import { ancestorsOf, parentsIn, problems, readBundle, table, type Event, type ReadBundle } from './read-back';

let folder: string;
let demo: ReadBundle;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'demo-'));
  await writeDemoBundle({ out: path.join(folder, 'a'), today: '2026-08-04' });
  demo = await readBundle(path.join(folder, 'a'));
});
afterAll(() => rm(folder, { recursive: true }));

const tenants = [['demo-india', 'india'], ['demo-us', 'us'], ['demo-sap', 'sap']] as const;
const eventsOf = (tenant: string): Event[] => demo.events.filter(event => event.tenant_id === tenant);
const roles = (row: Record<string, string>): string[] => row.role!.split('|');
const mean = (events: Event[]): number => {
  const scores = events.flatMap(({ score }) => score ?? []);
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
};
const dayOf = (event: Event): string => event.occurredAt.slice(0, 10);

test('it is the same for the same day, and nothing in it points nowhere', async () => {
  await writeDemoBundle({ out: path.join(folder, 'b'), today: '2026-08-04' });
  for (const file of [...Object.keys(demo.tables), 'activity.ndjson']) {
    const [a, b] = await Promise.all(['a', 'b'].map(name => readFile(path.join(folder, name, file))));
    expect([file, a!.equals(b!)]).toEqual([file, true]);
  }
  expect(problems(demo)).toEqual([]);
  expect(demo.columns['levels.csv']!.join(' '))
    .toBe('hierarchy_id sequence name type stored provider_type provider_level');
  expect(demo.columns['hierarchies.csv']!.join()).toBe('hierarchy_id,name,description');
});

test('a day that is none is refused', async () => {
  await expect(writeDemoBundle({ out: path.join(folder, 'c'), today: 'tomorrow' }))
    .rejects.toThrow('today: expected a date YYYY-MM-DD; got "tomorrow"');
});

test('there are three tenants on the three seeded hierarchies, and the platform with its super admin', () => {
  expect(table(demo, 'tenants.csv').map(r => [r.tenant_id, r.applicable_hierarchy_id, r.time_zone])).toEqual([
    ['demo-india', 'india', 'Asia/Kolkata'],
    ['demo-us', 'us', 'America/Chicago'],
    ['demo-sap', 'sap', 'Europe/Berlin'],
    ['platform', 'india', 'UTC'],
  ]);
  expect(table(demo, 'users.csv', 'platform').map(r => [r.login, r.role]))
    .toEqual([['super@platform.demo', 'SUPER_ADMIN']]);
});

test('it is large enough to be interesting and small enough to load in seconds', () => {
  const learners = table(demo, 'users.csv').filter(row => roles(row).includes('LEARNER'));
  expect(learners.length).toBeGreaterThan(3_000);
  expect(learners.length).toBeLessThan(7_000);
  expect(demo.events.length).toBeGreaterThan(60_000);
  expect(demo.events.length).toBeLessThan(100_000);
});

describe.each(tenants)('%s', (tenant, hierarchy) => {
  test('people of every role log in with names that are easily remembered', () => {
    const byLogin = new Map(table(demo, 'users.csv', tenant).map(row => [row.login!, row]));
    const grants = (user: string) => table(demo, 'grants.csv', tenant).filter(row => row.user_id === user);
    const person = (name: string) => byLogin.get(`${name}@${hierarchy}.demo`)!;
    const expected =
      ['admin ORG_ADMIN', 'officer OFFICER', 'teacher TEACHER', 'learner LEARNER', 'partner PARTNER'] as const;
    for (const [name, role] of expected.map(pair => pair.split(' ') as [string, string])) {
      expect(person(name).role).toBe(role);
      expect(person(name).user_id).not.toBe(person(name).login);
    }
    const [officer] = grants(person('officer').user_id!);
    expect(officer!.group_type).toBe({ india: 'district', us: 'school_district', sap: 'country' }[hierarchy]);
    const [partner] = grants(person('partner').user_id!);
    expect(partner!.group_type).toBe(hierarchy === 'sap' ? 'country' : 'state');
    const classes = (name: string, type: string) => table(demo, 'enrolments.csv', tenant)
      .filter(row => row.user_id === person(name).user_id && row.type === type && row.status === 'ACTIVE');
    expect(classes('teacher', 'TEACHER').length).toBeGreaterThan(1);
    expect(classes('learner', 'STUDENT').length).toBeGreaterThan(0);
    expect(eventsOf(tenant).filter(event => event.userId === person('learner').user_id).length).toBeGreaterThan(20);
    expect(table(demo, 'users.csv', tenant).some(row => row.role === 'TEACHER|OFFICER')).toBe(true);
  });

  test('activity fills the sixty days that end yesterday, in school hours, with quiet weekends', () => {
    const { time_zone: timeZone } = table(demo, 'tenants.csv', tenant)[0]!;
    const clock = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
    const days = new Set<string>();
    const wrong: string[] = [];
    let weekend = 0;
    for (const event of eventsOf(tenant)) {
      const [date, time] = clock.format(Date.parse(event.occurredAt)).split(' ');
      const isSchoolTime = time! >= '08:00:00' && time! < '15:30:00';
      if (event.occurredAt.slice(0, 19) !== `${date}T${time}` || !isSchoolTime) wrong.push(event.occurredAt);
      days.add(date!);
      if ([0, 6].includes(new Date(date!).getUTCDay())) weekend++;
    }
    expect(wrong).toEqual([]);
    expect([...days].sort()).toEqual(Array.from({ length: 60 }, (_, n) =>
      new Date(Date.UTC(2026, 7, 3) - (59 - n) * 86_400_000).toISOString().slice(0, 10)));
    expect(weekend).toBeGreaterThan(0);
    expect(weekend / eventsOf(tenant).length).toBeLessThan(0.06);
  });

  test('the last weeks are better than the first, and regions lie far apart', () => {
    const events = eventsOf(tenant);
    const early = mean(events.filter(event => dayOf(event) < '2026-06-19'));
    const late = mean(events.filter(event => dayOf(event) > '2026-07-20'));
    expect(late - early).toBeGreaterThan(3);
    const parents = parentsIn(demo, { tenant, hierarchy });
    const region = { india: 'district', us: 'school_district', sap: 'country' }[hierarchy];
    const byRegion = new Map<string, Event[]>();
    for (const event of events) {
      const node = ancestorsOf(parents, `class ${event.classId}`).find(above => above.startsWith(`${region} `));
      if (node) byRegion.set(node, [...byRegion.get(node) ?? [], event]);
    }
    const means = [...byRegion.values()].map(mean);
    expect(Math.max(...means) - Math.min(...means)).toBeGreaterThan(10);
  });

  test('a few classes and schools hang where one would not expect them', () => {
    const parents = parentsIn(demo, { tenant, hierarchy });
    const classes = table(demo, 'classes.csv', tenant);
    const region = { india: 'district', us: 'school_district', sap: 'country' }[hierarchy];
    const few = (count: number) => {
      expect(count).toBeGreaterThan(0);
      expect(count / classes.length).toBeLessThan(0.06);
    };
    const parentOf = (row: Record<string, string>) => parents.get(`class ${row.class_id}`);
    few(classes.filter(row => parentOf(row)?.startsWith(`${region} `)).length);
    few(classes.filter(row => !parentOf(row)).length);
    const inSchools = classes.filter(row => parentOf(row)?.startsWith('school '));
    few(inSchools.filter(row => parentOf(row) !== `school ${row.school_id}`).length);
    few(classes.filter(row => !row.school_id).length);
    few(classes.filter(row => row.active === 'false').length);
    few(classes.filter(row => !row.grade).length);
    expect(classes.some(row => !row.subject)).toBe(true);
    if (hierarchy === 'sap') return;
    const higher = hierarchy === 'india' ? 'district' : 'state';
    const schools = [...parents].filter(([child]) => child.startsWith('school '));
    expect(schools.some(([, parent]) => parent.startsWith(`${higher} `))).toBe(true);
  });

  test('learners come late, leave, and sit in two classes; none is active outside an enrolment', () => {
    const students = table(demo, 'enrolments.csv', tenant).filter(row => row.type === 'STUDENT');
    const times = new Map(students.map(row => [`${row.class_id} ${row.user_id}`, row]));
    expect(new Set(students.map(row => row.status))).toEqual(new Set(['ACTIVE', 'WITHDRAWN', 'INACTIVE']));
    expect(students.some(row => row.enrolled_at! > '2026-06-05')).toBe(true);
    expect(students.filter(row => row.enrolled_at! > '2026-06-05').length / students.length).toBeLessThan(0.08);
    expect(new Set(students.map(row => row.user_id)).size).toBeLessThan(students.length);
    const outside = eventsOf(tenant).filter(event => {
      const { enrolled_at: from, ended_at: end } = times.get(`${event.classId} ${event.userId}`)!;
      return dayOf(event) < from!.slice(0, 10) || (end && dayOf(event) >= end.slice(0, 10));
    });
    expect(outside).toEqual([]);
  });

  test('events lack now and then what may be lacking, and some are late', () => {
    const events = eventsOf(tenant);
    const optional =
      ['score', 'secondsSpent', 'kind', 'subject', 'contentSource', 'framework', 'competency', 'status'] as const;
    for (const field of optional) {
      const lacking = events.filter(event => event[field] === undefined).length / events.length;
      expect([field, lacking > 0.01 && lacking < 0.5]).toEqual([field, true]);
    }
    expect(events.every(event => event.score !== undefined || event.secondsSpent !== undefined)).toBe(true);
    const scores = events.flatMap(({ score }) => score ?? []);
    expect(scores.every(score => score >= 0 && score <= 100 && Number(score.toFixed(4)) === score)).toBe(true);
    expect(scores.some(score => Number(score.toFixed(3)) !== score)).toBe(true);
    const late = events.filter((event, index) => index > 0 && dayOf(event) < dayOf(events[index - 1]!)).length;
    expect(late).toBeGreaterThan(50);
    expect(late / events.length).toBeLessThan(0.02);
  });

  test('competencies are those of the class’s grade, twelve to twenty a strand, and a status sometimes falls', () => {
    const rows = table(demo, 'competencies.csv', tenant);
    const gradeOf = new Map(rows.map(row => [`${row.framework} ${row.competency}`, row.grade]));
    const classes = new Map(table(demo, 'classes.csv', tenant).map(row => [row.class_id!, row]));
    const strands = new Map<string, number>();
    for (const { framework, subject, grade } of rows) {
      const strand = `${framework} ${subject} ${grade}`;
      strands.set(strand, (strands.get(strand) ?? 0) + 1);
    }
    expect([...strands.values()].every(count => count >= 12 && count <= 20)).toBe(true);
    const last = new Map<string, string>();
    let [fallen, foreign] = [0, 0];
    for (const event of eventsOf(tenant).sort((a, b) => Date.parse(a.occurredAt) - Date.parse(b.occurredAt))) {
      if (!event.competency) continue;
      if (gradeOf.get(`${event.framework} ${event.competency}`) !== classes.get(event.classId)!.grade) foreign++;
      const key = `${event.userId} ${event.framework} ${event.competency}`;
      if (last.get(key) === 'COMPLETED' && event.status !== 'COMPLETED') fallen++;
      last.set(key, event.status!);
    }
    expect(foreign).toBe(0);
    expect(fallen).toBeGreaterThan(10);
    expect(new Set(last.values())).toEqual(new Set(['NOT_STARTED', 'IN_PROGRESS', 'INFERRED', 'COMPLETED']));
  });
});

describe('the alternate hierarchy of demo-india', () => {
  const through = (hierarchy: string) => parentsIn(demo, { tenant: 'demo-india', hierarchy });
  const classes = () => table(demo, 'classes.csv', 'demo-india').map(row => `class ${row.class_id}`);

  test('leads from the country over districts to schools', () => {
    expect(table(demo, 'hierarchies.csv').map(row => row.hierarchy_id)).toEqual([ALTERNATE]);
    expect(table(demo, 'levels.csv').map(row => [row.sequence, row.type])).toEqual([
      ['1', 'country'], ['2', 'district'], ['3', 'school'],
    ]);
    const parents = through(ALTERNATE);
    const placed = classes().filter(node => parents.has(node));
    for (const node of placed) {
      expect(ancestorsOf(parents, node).map(above => above.split(' ')[0])).toEqual(['school', 'district', 'country']);
    }
    expect(placed.length / classes().length).toBeGreaterThan(0.85);
  });

  test('leaves out classes that the tenant’s own has, and has classes that it leaves out', () => {
    const [own, other] = [through('india'), through(ALTERNATE)];
    expect(classes().some(node => own.has(node) && !other.has(node))).toBe(true);
    expect(classes().some(node => !own.has(node) && other.has(node))).toBe(true);
    expect(classes().some(node => !own.has(node) && !other.has(node))).toBe(true);
  });

  test('shows its partner every district of the granted state', () => {
    const [own, other] = [through('india'), through(ALTERNATE)];
    const [grant] = table(demo, 'grants.csv', 'demo-india').filter(row => row.user_id === 'partner');
    const state = `state ${grant!.group_id}`;
    const covered = new Set(classes().filter(node => ancestorsOf(own, node).includes(state)));
    const districts = [...own.keys()].filter(node => node.startsWith('district ') && own.get(node) === state);
    expect(districts.length).toBeGreaterThan(1);
    for (const district of districts) {
      const below = classes().filter(node => ancestorsOf(other, node).includes(district));
      expect(below.length).toBeGreaterThan(0);
      expect(below.filter(node => !covered.has(node))).toEqual([]);
    }
  });
});
