import fc from 'fast-check';
import { selectHierarchiesByKey } from '../subgraphs/hierarchy/hierarchies/hierarchy.queries';
import { place, placeMany } from '../subgraphs/hierarchy/placements/place';
import { runWeek } from '../subgraphs/competency/weekly/run-week';
import { ingest } from '../subgraphs/reporting/ingest/ingest';
import { keepCompetencyCounts, keepCountsOfLoad } from '../subgraphs/reporting/published';
import { buildEverything, buildHierarchy } from '../subgraphs/reporting/rollup/build';
import { foldSome } from '../subgraphs/reporting/rollup/fold';
import type { Database, Transaction } from '../subgraphs/shared/database/database';
import { todayIn } from '../subgraphs/shared/period';
import {
  addCompetency,
  changeClass,
  changeCompetency,
  enrol,
  reactivate,
  withdraw,
} from './competency-life.queries';
import type { KnownTenant, TenantFixture } from './fixture';

/** Random lives of rosters, frameworks and statuses, step by step in the database and in a model that counts by hand. */

export const groups = {
  ...{ land: 'country', north: 'state', south: 'state', d1: 'district', s1: 'school', s2: 'school' },
};
const levelsOf: Record<string, string[]> = { india: ['country', 'state', 'district', 'school'], sap: ['country', 'school'] };
const schools = ['s1', 's2', 'd1', 'south'];
export const classes = ['a', 'b', 'c'];
export const people = ['ann', 'ben', 'cem'];
const codes = ['c1', 'c2', 'c3'];
const grades = ['5', '5', '6', null];
const subjects = ['Maths', 'Arts', null];
const day = 86_400_000;

/** Noon in London of the Saturday before Christmas: lives go on over the turn of the year. */
const beginning = Date.parse('2025-12-20T12:00:00Z');

const klass = fc.constantFrom(...classes);
const person = fc.constantFrom(...people);
const grade = fc.constantFrom(...grades);
const subject = fc.constantFrom(...subjects);

const change = fc.oneof(
  { weight: 8, arbitrary: fc.record({
    do: fc.constant('record' as const),
    ...{ person, competency: fc.constantFrom(...codes), daysAgo: fc.constantFrom(0, 0, 0, 1, 3, 7, 20) },
    ...{ hour: fc.constantFrom(0, 5), status: fc.nat({ max: 3 }), key: fc.constantFrom('A', 'b', 'z') },
  }) },
  { weight: 4, arbitrary: fc.record({
    do: fc.constant('enrol' as const),
    ...{ klass, person, daysAgo: fc.constantFrom(0, 0, 2, 10), sameMoment: fc.boolean() },
  }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('withdraw' as const), klass, person }) },
  { weight: 2, arbitrary: fc.record({
    do: fc.constant('class' as const), ...{ klass, grade, subject, active: fc.constantFrom(true, true, false) },
  }) },
  { weight: 1, arbitrary: fc.record({
    do: fc.constant('competency' as const), code: fc.constantFrom(...codes, 'c4'), ...{ grade, subject },
  }) },
  { weight: 2, arbitrary: fc.record({
    do: fc.constant('place' as const), klass, hierarchy: fc.constantFrom('india', 'sap'),
    parent: fc.option(fc.constantFrom(...schools), { freq: 4 }),
  }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('move' as const), parent: fc.constantFrom('north', 'south', null) }) },
  { weight: 2, arbitrary: fc.record({
    do: fc.constant('placeMany' as const), hierarchy: fc.constantFrom('india', 'sap'),
    parents: fc.dictionary(fc.constantFrom(...classes, 's1', 's2', 'd1'), fc.option(fc.constantFrom(...schools, 'north', 'land'), { freq: 4 })),
  }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('fold' as const) }) },
  { weight: 1, arbitrary: fc.record({
    do: fc.constant('build' as const), what: fc.constantFrom('everything' as const, 'india' as const),
  }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('week' as const), daysAgo: fc.constantFrom(0, 3, 8) }) },
);
type Change = typeof change extends fc.Arbitrary<infer Of> ? Of : never;

export const lives = fc.record({
  timeZone: fc.constantFrom('UTC', 'Asia/Kolkata', 'America/New_York'),
  classes: fc.tuple(...classes.map(() => fc.record({ grade, subject }))),
  competencies: fc.tuple(...codes.map(() => fc.record({ grade: fc.constantFrom('5', '6'), subject }))),
  enrolled: fc.uniqueArray(fc.record({ klass, person }), { selector: one => `${one.klass} ${one.person}`, maxLength: 6 }),
  built: fc.boolean(),
  steps: fc.array(fc.record({ after: fc.constantFrom(0, 0, 1, 2, 5), change }), { minLength: 4, maxLength: 14 }),
});
export type Life = typeof lives extends fc.Arbitrary<infer Of> ? Of : never;

/** What was so from a day on, oldest first. */
type History<Of> = [from: string, what: Of][];
const at = <Of>(history: History<Of>, asOf: string): Of | undefined => history.findLast(([from]) => from <= asOf)?.[1];

interface Expecting {
  grade: string | null;
  subject: string | null;
}

export class CompetencyLife {
  readonly classTerms = new Map<string, History<Expecting & { active: boolean }>>();
  readonly competencies = new Map<string, History<Expecting>>();
  /** By class and person: whether they are there, from a day on. */
  private readonly present = new Map<string, History<boolean>>();
  private readonly enrolledAt = new Map<string, Date>();
  private readonly statuses: { person: string; code: string; day: string; at: number; id: string; status: number }[] = [];
  private taken = 0;
  now = new Date(beginning);

  constructor(
    private readonly database: Database,
    readonly fixture: TenantFixture,
    readonly tenant: KnownTenant,
  ) {
    for (const [name, term] of Object.entries(fixture.classes!)) {
      this.classTerms.set(name, [['', { grade: null, subject: null, active: true, ...term }]]);
    }
    for (const { code, ...expecting } of fixture.competencies!) {
      this.competencies.set(code, [['', { grade: null, subject: null, ...expecting }]]);
    }
    for (const made of fixture.enrolments!) {
      this.enrolledAt.set(`${made.class} ${made.person}`, new Date(made.enrolledAt!));
      this.present.set(`${made.class} ${made.person}`, [[this.dayOf(new Date(made.enrolledAt!)), true]]);
    }
  }

  static fixtureOf(life: Life, key: string): TenantFixture {
    return {
      key,
      timeZone: life.timeZone,
      groups,
      classes: Object.fromEntries(classes.map((name, index) => [name, life.classes[index]!])),
      placements: {
        india: { land: null, north: 'land', south: 'land', d1: 'north', s1: 'd1', s2: 'south', a: 's1', b: 's2' },
        sap: { s1: 'land', a: 's1', c: 's1' },
      },
      people: { admin: ['ORG_ADMIN'], ...Object.fromEntries(people.map(name => [name, ['LEARNER' as const]])) },
      enrolments: life.enrolled.map(({ klass: name, person: who }) => ({
        ...{ class: name, person: who, enrolledAt: '2025-12-10T12:00:00Z' },
      })),
      competencies: codes.map((code, index) => ({ code, ...life.competencies[index]! })),
    };
  }

  dayOf = (moment: Date): string => todayIn(this.fixture.timeZone!, moment);

  tenantTransaction = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => this.write(work);

  private write<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.database.transaction(this.tenant.number, 'write', work);
  }

  async take({ after, change: one }: { after: number; change: Change }): Promise<void> {
    // A minute each, so that no two things are of one moment unless they are meant to be.
    this.now = new Date(this.now.getTime() + after * day + 60_000);
    this.taken++;
    switch (one.do) {
      case 'record':
        return this.record(one);
      case 'enrol':
        return this.enrol(one);
      case 'withdraw':
        return this.withdraw(one);
      case 'class':
        return this.changeClass(one);
      case 'competency':
        return this.changeCompetency(one);
      case 'place':
        return this.place(one.hierarchy, one.klass, one.parent);
      case 'move':
        return this.place('india', 'd1', one.parent);
      case 'placeMany':
        return this.placeMany(one.hierarchy, one.parents);
      case 'fold':
        return void (await this.write(foldSome));
      case 'week':
        return void (await this.week(this.dayOf(new Date(this.now.getTime() - one.daysAgo * day))));
      case 'build':
        return this.write(async tx => {
          if (one.what === 'everything') return buildEverything(tx);
          const [hierarchy] = await selectHierarchiesByKey(tx, [one.what]);
          return buildHierarchy(tx, hierarchy!.id);
        });
    }
  }

  week = (of: string) => this.write(tx => runWeek(tx, { day: of, now: this.now }));

  private async record({ person: who, competency, daysAgo, hour, status, key }: Change & { do: 'record' }): Promise<void> {
    const names = ['NOT_STARTED', 'IN_PROGRESS', 'INFERRED', 'COMPLETED'];
    // Of whole hours, so that some events are of one moment: then the id decides.
    const hours = Math.floor(this.now.getTime() / 3_600_000) - hour;
    const occurredAt = new Date(hours * 3_600_000 - daysAgo * day);
    const id = `${key}${this.taken}`;
    const event = { eventId: id, classId: this.tenant.nodeId('a'), userId: this.tenant.personId(who), competency };
    const raw = { ...event, occurredAt: occurredAt.toISOString(), status: names[status] };
    const receipt = await this.write(tx => ingest(tx, [raw], { now: this.now, ids: 'public' }));
    expect(receipt).toEqual({ accepted: 1, duplicates: 0, rejected: [] });
    const made = { person: who, code: competency, day: this.dayOf(occurredAt), at: occurredAt.getTime(), id, status };
    this.statuses.push(made);
  }

  private async enrol({ klass: name, person: who, daysAgo, sameMoment }: Change & { do: 'enrol' }): Promise<void> {
    const key = `${name} ${who}`;
    const known = this.present.get(key);
    if (known?.at(-1)![1]) return;
    const numbers = { class: this.tenant.classes.get(name)!, person: this.tenant.people.get(who)! };
    const enrolledAt = new Date(this.now.getTime() - daysAgo * day);
    const again = known !== undefined && sameMoment;
    await this.write(tx =>
      keepCompetencyCounts(tx, { classes: [numbers.class], now: this.now }, () =>
        again ? reactivate(tx, numbers) : enrol(tx, { ...numbers, enrolledAt }),
      ),
    );
    const first = this.dayOf(again ? this.now : enrolledAt);
    const left = known?.at(-1)![0] ?? '';
    this.present.set(key, [...(known ?? []), [first > left ? first : left, true]]);
    if (!again) this.enrolledAt.set(key, enrolledAt);
  }

  private async withdraw({ klass: name, person: who }: Change & { do: 'withdraw' }): Promise<void> {
    const known = this.present.get(`${name} ${who}`);
    if (!known?.at(-1)![1]) return;
    const numbers = { class: this.tenant.classes.get(name)!, person: this.tenant.people.get(who)! };
    await this.write(tx =>
      keepCompetencyCounts(tx, { classes: [numbers.class], now: this.now }, () => withdraw(tx, { ...numbers, at: this.now })),
    );
    known.push([this.dayOf(this.now), false]);
  }

  private async changeClass({ klass: name, do: _, ...term }: Change & { do: 'class' }): Promise<void> {
    const number = this.tenant.classes.get(name)!;
    await this.write(tx =>
      keepCompetencyCounts(tx, { classes: [number], now: this.now }, () => changeClass(tx, { class: number, ...term })),
    );
    this.classTerms.get(name)!.push([this.dayOf(this.now), term]);
  }

  private async changeCompetency({ code, grade: of, subject: about }: Change & { do: 'competency' }): Promise<void> {
    const known = this.competencies.get(code);
    const row = { code, grade: of, subject: about };
    await this.write(async tx => {
      if (known) await changeCompetency(tx, row);
      else await addCompetency(tx, { ...row, framework: 'core' });
      await keepCountsOfLoad(tx, this.now);
    });
    this.competencies.set(code, [...(known ?? []), [this.dayOf(this.now), { grade: of, subject: about }]]);
  }

  private async placeMany(hierarchy: string, parents: Record<string, string | null>): Promise<void> {
    const level = (name: string): number => (classes.includes(name) ? 9 : levelsOf[hierarchy]!.indexOf(groups[name as keyof typeof groups]));
    const mayBe = Object.entries(parents).filter(
      ([child, parent]) => level(child) >= 0 && (parent === null || (level(parent) >= 0 && level(parent) < level(child))),
    );
    if (this.empties(hierarchy, Object.fromEntries(mayBe))) return;
    const placings = mayBe.map(([child, parent]) => ({
      childId: this.tenant.nodeId(child),
      parentId: parent && this.tenant.nodeId(parent),
    }));
    await this.write(tx => placeMany(tx, { hierarchyKey: hierarchy, placings, alongFrom: null }));
    const placed = this.fixture.placements![hierarchy]!;
    for (const [child, parent] of mayBe) {
      if (parent === null) delete placed[child];
      else placed[child] = parent;
    }
  }

  /** Whether nothing would be left there: through a hierarchy like that, other than the own one, nobody can look. */
  private empties(hierarchy: string, changes: Record<string, string | null>): boolean {
    const left = { ...this.fixture.placements![hierarchy]!, ...changes };
    return hierarchy !== 'india' && Object.values(left).every(parent => parent === null);
  }

  private async place(hierarchy: string, child: string, parent: string | null): Promise<void> {
    if (parent !== null && !levelsOf[hierarchy]!.includes(groups[parent as keyof typeof groups])) return;
    if (this.empties(hierarchy, { [child]: parent })) return;
    const parentId = parent === null ? null : this.tenant.nodeId(parent);
    await this.write(tx => place(tx, { hierarchyKey: hierarchy, childId: this.tenant.nodeId(child), parentId }));
    const placed = this.fixture.placements![hierarchy]!;
    if (parent === null) delete placed[child];
    else placed[child] = parent;
  }

  isThere = (name: string, who: string, asOf: string): boolean => at(this.present.get(`${name} ${who}`) ?? [], asOf) ?? false;

  /** From which day on they have been in a class without a break; null where they are not there. */
  since(name: string, who: string, asOf: string): string | null {
    const history = (this.present.get(`${name} ${who}`) ?? []).filter(([from]) => from <= asOf);
    if (!history.at(-1)?.[1]) return null;
    let index = history.length - 1;
    while (history[index - 1]?.[0] === history[index]![0] && !history[index - 1]![1]) index -= 2;
    return history[index]![0];
  }

  statusOf(who: string, code: string, asOf: string): number {
    const known = this.statuses
      .filter(one => one.person === who && one.code === code && one.day <= asOf)
      .sort((one, other) =>
        one.day !== other.day ? (one.day < other.day ? 1 : -1) : other.at - one.at || (one.id < other.id ? 1 : -1),
      );
    return known[0]?.status ?? 0;
  }

  /** Triple by triple: for each class, each student who is there that day, each competency it expects that day. */
  counts(below: readonly string[], asOf: string, filter: { subject: string | null; framework: string | null }) {
    const counts = { completed: 0, inferred: 0, inProgress: 0, expected: 0 };
    for (const name of below) {
      const term = at(this.classTerms.get(name)!, asOf)!;
      if (!term.active || term.grade === null) continue;
      for (const who of people.filter(one => this.isThere(name, one, asOf))) {
        for (const [code, history] of this.competencies) {
          const competency = at(history, asOf);
          if (competency?.grade !== term.grade) continue;
          if (term.subject !== null && competency.subject !== term.subject) continue;
          if (filter.subject !== null && competency.subject !== filter.subject) continue;
          if (filter.framework !== null && filter.framework !== 'core') continue;
          counts.expected++;
          const status = this.statusOf(who, code, asOf);
          if (status > 0) counts[([null, 'inProgress', 'inferred', 'completed'] as const)[status]!]++;
        }
      }
    }
    return counts;
  }
}
