import { dayIn, figuresOf, type Span } from './figures';
import type { WorldClass, WorldCompetency, WorldPerson, WorldTenant } from './world';

/** What a learner did over some days and where they stand at the end of the last, from single events and statuses. */
export interface LearnerFigures {
  /** In an active class on the last day. */
  present: boolean;
  expected: WorldCompetency[];
  completed: WorldCompetency[];
  gaps: WorldCompetency[];
  velocity: number;
  mastery: number | null;
  activeDays: number;
  engagement: number;
  averageScore: number | null;
  attempts: number;
  seconds: number;
  lastDay: string | null;
  reasons: string[];
}

export const dayBefore = (day: string, days: number): string =>
  new Date(Date.parse(day) - days * 86_400_000).toISOString().slice(0, 10);

export const meanOf = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

const daysFrom = (from: string, through: string): number => (Date.parse(through) - Date.parse(from)) / 86_400_000;

export function analyticsOf(
  tenant: WorldTenant,
  person: WorldPerson,
  { classes, span: { from, through } }: { classes: readonly WorldClass[]; span: Span },
): LearnerFigures {
  const day = (moment: string) => dayIn(tenant.timeZone, moment);
  const attended = tenant.enrolments.filter(({ type, enrolledAt, endedAt, ...of }) =>
    of.person === person && type === 'STUDENT' && of.klass.active && classes.includes(of.klass) &&
    day(enrolledAt) <= through && (endedAt === null || day(endedAt) > through));
  const expected = tenant.competencies.filter(({ grade, subject }) =>
    attended.some(({ klass }) => klass.grade === grade && (klass.subject === null || klass.subject === subject)));
  const statusAt = (competency: WorldCompetency, asOf: string): number =>
    tenant.statuses
      .filter(status => status.person === person && status.competency === competency && status.day <= asOf)
      .sort((a, b) => (a.day < b.day ? 1 : -1))[0]?.status ?? 0;
  const completed = expected.filter(competency => statusAt(competency, through) === 3);
  const gaps = expected.filter(competency => statusAt(competency, through) === 0);
  const isNew = (competency: WorldCompetency) => statusAt(competency, dayBefore(from, 1)) !== 3;
  const days = tenant.events
    .filter(event => event.person === person && classes.includes(event.klass) && (event.score !== null || (event.seconds ?? 0) > 0))
    .map(({ occurredAt }) => day(occurredAt))
    .filter(known => known <= through)
    .sort();
  const activeDays = new Set(days.filter(known => known >= from)).size;
  const { attempts, scoreSum, collectionSeconds, assessmentSeconds } =
    figuresOf(tenant, classes, { from, through, of: new Set([person]) });
  const averageScore = attempts === 0 ? null : scoreSum / attempts / 10_000;
  const lastDay = days.at(-1) ?? null;
  const since = attended.map(({ enrolledAt }) => day(enrolledAt)).sort()[0];
  const quietFrom = since !== undefined && lastDay !== null && lastDay > since ? lastDay : since;
  const isInactive = quietFrom !== undefined && daysFrom(quietFrom, through) >= 14;
  const length = daysFrom(from, through) + 1;
  return {
    present: attended.length > 0,
    ...{ expected, completed, gaps, activeDays, averageScore, attempts, lastDay },
    velocity: (completed.filter(isNew).length * 7) / length,
    mastery: meanOf(completed.length, expected.length),
    engagement: activeDays / length,
    seconds: collectionSeconds + assessmentSeconds,
    reasons: [
      ...(isInactive ? ['INACTIVE'] : []),
      ...(since !== undefined && averageScore !== null && averageScore < 50 ? ['LOW_SCORE'] : []),
    ],
  };
}

/** Means over learners, each counted once. */
export function averagesOf(learners: readonly LearnerFigures[]) {
  const mean = (numbers: number[]) => meanOf(numbers.reduce((all, one) => all + one, 0), numbers.length);
  return {
    velocity: mean(learners.map(({ velocity }) => velocity)),
    mastery: mean(learners.map(({ mastery }) => mastery).filter(one => one !== null)),
    engagement: mean(learners.map(({ engagement }) => engagement)),
    gaps: mean(learners.map(({ gaps }) => gaps.length)),
  };
}
