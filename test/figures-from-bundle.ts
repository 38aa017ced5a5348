import { readEvents, readTable, type Row } from '../cli/oulad/written-bundle';

/**
 * Learners' figures straight from the files of a bundle, for a tenant's whole view: no database, and not a line of what
 * answers the graph.
 */
export interface BundleLearner {
  learningVelocity: number;
  masteryProgress: number | null;
  completed: number;
  expected: number;
  skillGapCount: number;
  engagement: number;
  activeDays: number;
  averageScore: number | null;
  attempts: number;
  totalSeconds: number;
  lastActivity: string | null;
  riskReasons: string[];
}

interface Event {
  tenant_id: string;
  eventId: string;
  userId: string;
  classId: string;
  occurredAt: string;
  score?: number;
  secondsSpent?: number;
  framework?: string;
  competency?: string;
  status?: string;
}

const rank: Record<string, number> = { NOT_STARTED: 0, IN_PROGRESS: 1, INFERRED: 2, COMPLETED: 3 };
const dayMilliseconds = 86_400_000;
const minus = (day: string, days: number): string => new Date(Date.parse(day) - days * dayMilliseconds).toISOString().slice(0, 10);
const between = (from: string, through: string): number => (Date.parse(through) - Date.parse(from)) / dayMilliseconds;

const listed = <Of>(rows: Iterable<Of>, key: (row: Of) => string): Map<string, Of[]> => {
  const lists = new Map<string, Of[]>();
  for (const row of rows) {
    const known = lists.get(key(row));
    if (known) known.push(row);
    else lists.set(key(row), [row]);
  }
  return lists;
};

export class BundleFigures {
  private readonly dayOf: (moment: string) => string;
  private readonly classes: Map<string, Row>;
  private readonly competencies: Row[];
  private readonly enrolled: Map<string, Row[]>;
  private readonly events: Map<string, (Event & { day: string })[]>;
  readonly users: Row[];

  constructor(dir: string, tenant: string) {
    const own = (file: string): Row[] => readTable(dir, file).filter(row => row.tenant_id === tenant);
    const timeZone = own('tenants.csv')[0]!.time_zone!;
    const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
    this.dayOf = moment => format.format(new Date(moment));
    this.users = own('users.csv');
    this.classes = new Map(own('classes.csv').map(row => [row.class_id!, row]));
    this.competencies = own('competencies.csv');
    this.enrolled = listed(own('enrolments.csv').filter(({ type }) => type === 'STUDENT'), row => row.user_id!);
    const seen = new Set<string>();
    const once = (readEvents(dir) as unknown as Event[])
      .filter(({ tenant_id, eventId }) => tenant_id === tenant && !seen.has(eventId) && seen.add(eventId))
      .map(event => ({ ...event, day: this.dayOf(event.occurredAt) }));
    this.events = listed(once, ({ userId }) => userId);
  }

  /** The enrolments of somebody in active classes on a day. */
  private there(user: string, day: string): Row[] {
    return (this.enrolled.get(user) ?? []).filter(({ class_id, enrolled_at, ended_at = '', status }) =>
      this.classes.get(class_id!)!.active === 'true' && this.dayOf(enrolled_at!) <= day &&
      (status === 'ACTIVE' || (ended_at !== '' && this.dayOf(ended_at) > day)));
  }

  learnersOn = (day: string): string[] => [...this.enrolled.keys()].filter(user => this.there(user, day).length > 0);

  figures(user: string, through: string): BundleLearner {
    const from = minus(through, 27);
    const there = this.there(user, through);
    const classes = there.map(({ class_id }) => this.classes.get(class_id!)!);
    const expected = this.competencies.filter(({ grade, subject }) =>
      classes.some(klass => klass.grade !== '' && klass.grade === grade && (klass.subject === '' || klass.subject === subject)));
    const own = this.events.get(user) ?? [];
    const statusAt = ({ framework, competency }: Row, day: string): number => {
      const known = own
        .filter(event => event.status !== undefined && event.competency === competency && event.day <= day &&
          (event.framework === undefined || event.framework === framework))
        .sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0) ||
          Date.parse(a.occurredAt) - Date.parse(b.occurredAt) || (a.eventId < b.eventId ? -1 : 1));
      return rank[known.at(-1)?.status ?? 'NOT_STARTED']!;
    };
    const completed = expected.filter(one => statusAt(one, through) === 3);
    const isNew = (one: Row): boolean => statusAt(one, minus(from, 1)) !== 3;
    const deeds = own.filter(({ score, secondsSpent = 0, day }) => (score !== undefined || secondsSpent > 0) && day <= through);
    const within = deeds.filter(({ day }) => day >= from);
    const scores = within.filter(({ score }) => score !== undefined).map(({ score }) => Math.round(score! * 10_000));
    const activeDays = new Set(within.map(({ day }) => day)).size;
    const averageScore = scores.length === 0 ? null : scores.reduce((sum, one) => sum + one, 0) / scores.length / 10_000;
    const lastActivity = deeds.map(({ day }) => day).sort().at(-1) ?? null;
    const since = there.map(({ enrolled_at }) => this.dayOf(enrolled_at!)).sort()[0];
    const quietFrom = since !== undefined && lastActivity !== null && lastActivity > since ? lastActivity : since;
    return {
      learningVelocity: completed.filter(isNew).length / 4,
      masteryProgress: expected.length === 0 ? null : completed.length / expected.length,
      completed: completed.length,
      expected: expected.length,
      skillGapCount: expected.filter(one => statusAt(one, through) === 0).length,
      engagement: activeDays / 28,
      activeDays,
      averageScore,
      attempts: scores.length,
      totalSeconds: within.reduce((sum, { secondsSpent = 0 }) => sum + secondsSpent, 0),
      lastActivity,
      riskReasons: [
        ...(quietFrom !== undefined && between(quietFrom, through) >= 14 ? ['INACTIVE'] : []),
        ...(since !== undefined && averageScore !== null && averageScore < 50 ? ['LOW_SCORE'] : []),
      ],
    };
  }

  organisation(through: string) {
    const learners = this.learnersOn(through).map(user => this.figures(user, through));
    const mean = (numbers: number[]): number | null =>
      numbers.length === 0 ? null : numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
    return {
      learners: learners.length,
      activeLearners: learners.filter(({ activeDays }) => activeDays > 0).length,
      atRiskCount: learners.filter(({ riskReasons }) => riskReasons.length > 0).length,
      lastActivity: learners.map(one => one.lastActivity).filter(day => day !== null).sort().at(-1) ?? null,
      averages: {
        learningVelocity: mean(learners.map(one => one.learningVelocity)),
        masteryProgress: mean(learners.map(one => one.masteryProgress).filter(one => one !== null)),
        engagement: mean(learners.map(one => one.engagement)),
        skillGapCount: mean(learners.map(one => one.skillGapCount)),
      },
    };
  }
}
