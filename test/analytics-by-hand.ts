import { addDays, type Period } from '../subgraphs/shared/period';
import type { LearnerRow } from '../subgraphs/reporting/analytics/learner-rows.queries';
import type { Thresholds } from '../subgraphs/reporting/analytics/risk/thresholds';
import { people, type CompetencyLife } from './competency-life';

/** Learners' figures counted day by day and competency by competency, from a life's own record of what happened. */

export interface Deed {
  klass: string;
  person: string;
  day: string;
  /** Percent. */
  score: number | null;
  seconds: number;
}

export interface World {
  life: CompetencyLife;
  deeds: readonly Deed[];
  deleted: readonly string[];
}

export type ByHand = Omit<LearnerRow, 'key' | 'index'>;

const counts = ({ score, seconds }: Deed): boolean => score !== null || seconds > 0;

/** The classes of these in which somebody is on a day, while they are active. */
const classesOf = ({ life }: World, who: string, { among, day }: { among: readonly string[]; day: string }): string[] =>
  among.filter(name => life.isThere(name, who, day) && life.classTerms.get(name)!.findLast(([from]) => from <= day)![1].active);

/** The codes that classes expect on a day, each once. */
function expectedIn({ life }: World, classes: readonly string[], day: string): string[] {
  const codes = new Set<string>();
  for (const name of classes) {
    const term = life.classTerms.get(name)!.findLast(([from]) => from <= day)![1];
    for (const [code, history] of life.competencies) {
      const known = history.findLast(([from]) => from <= day)?.[1];
      if (!known || term.grade === null || known.grade !== term.grade) continue;
      if (term.subject === null || term.subject === known.subject) codes.add(code);
    }
  }
  return [...codes];
}

const days = (from: string, through: string): number => (Date.parse(through) - Date.parse(from)) / 86_400_000;

/** `among`: the classes whose students are looked at; `activeIn`: where what they did counts, anywhere when null. */
export function figuresByHand(
  world: World,
  who: string,
  { window: { from, through }, among, activeIn, thresholds }:
  { window: Period; among: readonly string[]; activeIn: readonly string[] | null; thresholds: Thresholds | null },
): ByHand {
  const { life } = world;
  const classes = classesOf(world, who, { among, day: through });
  const expected = expectedIn(world, classes, through);
  const statusAt = (code: string, day: string): number => life.statusOf(who, code, day);
  const completed = expected.filter(code => statusAt(code, through) === 3);
  const own = world.deeds.filter(deed => deed.person === who && counts(deed) && (activeIn?.includes(deed.klass) ?? true));
  const within = own.filter(({ day }) => day >= from && day <= through);
  const scored = within.filter(({ score }) => score !== null);
  const scoreSum = scored.reduce((sum, { score }) => sum + Math.round(score! * 10_000), 0);
  const activeDays = new Set(within.map(({ day }) => day)).size;
  const lastDay = own.map(({ day }) => day).filter(day => day <= through).sort().at(-1) ?? null;
  const since = classes.map(name => life.since(name, who, through)!).sort()[0] ?? null;
  const present = since !== null;
  const below = (value: number | null, least: number | null | undefined): boolean =>
    present && value !== null && least !== null && least !== undefined && value < least;
  const quiet = !present ? null : days(lastDay !== null && lastDay > since ? lastDay : since, through);
  const allowed = thresholds?.inactiveDays ?? null;
  return {
    personId: life.tenant.people.get(who)!,
    present,
    expected: expected.length,
    completed: completed.length,
    begun: expected.filter(code => statusAt(code, through) > 0).length,
    newlyCompleted: completed.filter(code => statusAt(code, addDays(from, -1)) !== 3).length,
    activeDays,
    attempts: scored.length,
    scoreSum,
    seconds: within.reduce((sum, { seconds }) => sum + seconds, 0),
    lastDay: thresholds === null ? null : lastDay,
    inactive: quiet !== null && allowed !== null && quiet >= allowed,
    lowScore: below(scored.length === 0 ? null : scoreSum / scored.length / 10_000, thresholds?.minimumAverageScore),
    lowEngagement: below(activeDays / (days(from, through) + 1), thresholds?.minimumEngagement),
    lowMastery: below(expected.length === 0 ? null : completed.length / expected.length, thresholds?.minimumMasteryProgress),
  };
}

/** The learners of classes: who is in one of them while it is active, and is not deleted. */
export const learnersByHand = (world: World, { among, day }: { among: readonly string[]; day: string }): string[] =>
  people.filter(who => !world.deleted.includes(who) && classesOf(world, who, { among, day }).length > 0);
