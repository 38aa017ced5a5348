import { achievement, gained } from './achievement';
import { dateOf } from './calendar';
import { strands } from './competencies';
import { enrolled, guestOf, learnerId, learnerTraits, talent, type Learner } from './learners';
import { classId, type Plan } from './plan';
import { hash, seedFor, type Random } from './random';

/** The times of a school day: from eight, for seven and a half hours. */
const OPENS = 8 * 3_600;
const OPEN_SECONDS = 7.5 * 3_600;

const TWO_DIGITS = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'));

/** The competencies of a class's grade and a subject under one framework, all of it JSON text already. */
interface Choice { framework: string; competencies: readonly string[] }

/** Makes events as lines of JSON: put together by hand, because a large bundle has tens of millions of them. */
export class EventMaker {
  private readonly head: string;
  private readonly subjects: readonly string[];
  private readonly sources: readonly string[];
  private readonly choices = new Map<number, Choice[]>();
  private readonly achieved: ReturnType<typeof achievement>;
  private readonly traitsOf: (learner: Learner) => number;
  private readonly competencySeed: number;

  private day = 0;
  private date = '';
  private offset = '';
  private c = 0;
  private classPart = '';
  private guest: Learner | null = null;

  constructor(private readonly plan: Plan, private readonly random: Random) {
    const { profile, seed } = plan;
    // What is made with other options is other activity: it has other ids, so that nothing is taken for a conflict.
    const run = [plan.classes, plan.learners.reduce((sum, count) => sum + count, 0), plan.firstDay, plan.lastDay,
      plan.eventsPerSchoolDay * 1_000].reduce((mixed, option) => hash(mixed, option), seedFor(seed, 'run'));
    this.head = `{"tenant_id":${JSON.stringify(plan.tenantId)},"eventId":"${run.toString(36)}-`;
    this.subjects = profile.subjects.map(({ name }) => JSON.stringify(name));
    this.sources = profile.contentSources.map(name => JSON.stringify(name));
    for (const { framework, subject, grade, competencies } of strands(plan)) {
      const key = subject * 100 + grade;
      const ids = competencies.map(({ id }) => JSON.stringify(id));
      this.choices.set(key, [
        ...this.choices.get(key) ?? [],
        { framework: JSON.stringify(framework), competencies: ids },
      ]);
    }
    this.achieved = achievement(plan);
    this.traitsOf = learnerTraits(plan);
    this.competencySeed = seedFor(seed, 'mastery');
  }

  startDay({ day, date, offset }: { day: number; date: string; offset: string }): void {
    this.day = day;
    this.date = date;
    this.offset = offset;
  }

  startClass(c: number): void {
    this.c = c;
    this.classPart = `","classId":"${classId(c)}","userId":"`;
    this.guest = guestOf(this.plan, c);
  }

  /** The class's nth event of the day; null when the learner it fell to was not there. */
  event(number: number): string | null {
    const { random, plan, c } = this;
    // One in a hundred arrives some days late.
    const late = random.unit() < 0.01 ? 1 + random.below(5) : 0;
    const day = Math.max(plan.firstDay, this.day - late);
    // The learner people log in as, the first one of the first class, is a busy one: there is something to see.
    const place = c === 0 && random.unit() < 0.1 ? 0 : random.below(plan.learners[c]! + (this.guest ? 1 : 0));
    const learner = place < plan.learners[c]! ? { home: c, number: place } : this.guest!;
    const traits = this.traitsOf(learner);
    const { from, end } = enrolled(plan, { learner, traits });
    if (day < from || day >= end) return null;

    const isAssessment = random.unit() < 0.62;
    let json = `${this.head}${(this.day - plan.firstDay).toString(36)}-${c.toString(36)}-${number}${this.classPart}${
      learnerId(learner)}","occurredAt":"${this.moment(day)}"`;
    if (isAssessment) json += `,"score":${this.score({ traits, day })}`;
    // Some tests are taken on paper, and nobody knows how long they took.
    const seconds = 300 + random.below(isAssessment ? 2_100 : 1_500);
    if (!isAssessment || random.unit() >= 0.06) json += `,"secondsSpent":${seconds}`;
    if (random.unit() >= 0.08) json += isAssessment ? ',"kind":"ASSESSMENT"' : ',"kind":"COLLECTION"';
    return `${json}${this.content({ traits, day, isAssessment })}}`;
  }

  private moment(day: number): string {
    const second = OPENS + this.random.below(OPEN_SECONDS);
    const date = day === this.day ? this.date : dateOf(day);
    return `${date}T${TWO_DIGITS[Math.floor(second / 3_600)]}:${TWO_DIGITS[Math.floor(second / 60) % 60]}:${
      TWO_DIGITS[second % 60]}${this.offset}`;
  }

  /** Percent: mostly whole, some with one decimal, some with as many as are kept. */
  private score({ traits, day }: { traits: number; day: number }): number {
    const { random, plan, achieved } = this;
    const school = plan.tree.schoolOf[this.c]!;
    const chance = (random.unit() + random.unit() - 1) * 18;
    const mean = achieved.start[school]! + achieved.gain[school]! * gained(day - plan.firstDay) + 14 * talent(traits);
    const score = Math.min(100, Math.max(0, mean + chance));
    const digits = random.unit();
    const scale = digits < 0.6 ? 1 : digits < 0.8 ? 10 : 10_000;
    return Math.round(score * scale) / scale;
  }

  /** What it was about; each part of it is sometimes not known. */
  private content({ traits, day, isAssessment }: { traits: number; day: number; isAssessment: boolean }): string {
    const { random, plan } = this;
    const own = plan.subject[this.c]!;
    const subject = own < 0 ? random.below(this.subjects.length) : own;
    let json = random.unit() < 0.04 ? '' : `,"subject":${this.subjects[subject]!}`;
    if (random.unit() >= 0.05) json += `,"contentSource":${this.sources[random.below(this.sources.length)]!}`;
    const choices = this.choices.get(subject * 100 + plan.grade[this.c]!);
    if (!choices || random.unit() < 0.04) return json;
    const choice = choices[random.unit() < 0.75 ? 0 : random.below(choices.length)]!;
    json += `,"framework":${choice.framework}`;
    if (random.unit() < 0.2) return json;
    return `${json}${this.mastery({ traits, day, isAssessment, ...choice })}`;
  }

  /**
   * A learner works through the competencies in their order, some faster than others, and masters each a while after
   * it was begun. Now and then one is lost again: a status may fall.
   */
  private mastery(options: Choice & { traits: number; day: number; isAssessment: boolean }): string {
    const { random, plan } = this;
    const { traits, competencies } = options;
    const progress = (options.day - plan.firstDay + 1) / plan.days * (1.1 + 0.4 * talent(traits));
    const near = Math.floor(progress * competencies.length) - random.below(6) + 1;
    const at = Math.min(competencies.length - 1, Math.max(0, near));
    const takes = 0.02 + 0.2 * hash(hash(this.competencySeed, traits), at) / 2 ** 32;
    const isMastered = progress - at / competencies.length > takes;
    const luck = random.unit();
    const status = isMastered
      ? (luck < 0.04 ? 'IN_PROGRESS' : 'COMPLETED')
      : options.isAssessment || luck >= 0.2 ? 'IN_PROGRESS' : luck < 0.04 ? 'NOT_STARTED' : 'INFERRED';
    return `,"competency":${competencies[at]!},"status":"${status}"`;
  }
}
