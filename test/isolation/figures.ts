import { coveredBy, pathOfClass, remembering } from './worlds-of-callers';
import { now, type WorldClass, type WorldEvent, type WorldPerson, type WorldTenant } from './world';

/** Every figure, added up from single events, enrolments and statuses. */
export interface Filter {
  subject?: string | null;
  contentSource?: string | null;
  framework?: string | null;
  /** Whose; everybody's when omitted. */
  of?: ReadonlySet<WorldPerson>;
}
export interface Span {
  from: string;
  through: string;
}

export const dayIn = remembering((timeZone: string, moment: string): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(new Date(moment)));

export const today = ({ timeZone }: WorldTenant): string => dayIn(timeZone, now.toISOString());

/** What was done in some classes in a period. */
function eventsOf(tenant: WorldTenant, classes: readonly WorldClass[], { from, through, of, ...filter }: Span & Filter): WorldEvent[] {
  const among = new Set(classes);
  const matches = (wanted: string | null | undefined, value: string | null) => wanted === undefined || wanted === null || wanted === value;
  return tenant.events.filter(event => {
    const day = dayIn(tenant.timeZone, event.occurredAt);
    return (of?.has(event.person) ?? true) && among.has(event.klass) && day >= from && day <= through && matches(filter.subject, event.subject) &&
      matches(filter.contentSource, event.contentSource) && matches(filter.framework, null);
  });
}

const people = (events: { person: WorldPerson }[]): number => new Set(events.map(({ person }) => person)).size;
const sum = (numbers: (number | null)[]): number => numbers.reduce<number>((total, number) => total + (number ?? 0), 0);

export interface Figures {
  /** Ten-thousandths of a percent. */
  scoreSum: number;
  attempts: number;
  learners: number;
  collectionSeconds: number;
  assessmentSeconds: number;
  timedLearners: number;
}

export function figuresOf(tenant: WorldTenant, classes: readonly WorldClass[], asked: Span & Filter): Figures {
  const events = eventsOf(tenant, classes, asked);
  const scored = events.filter(({ score }) => score !== null);
  const seconds = (kind: WorldEvent['kind']) => sum(events.filter(event => event.kind === kind).map(event => event.seconds));
  return {
    scoreSum: sum(scored.map(({ score }) => Math.round(score! * 10_000))),
    attempts: scored.length,
    learners: people(scored),
    collectionSeconds: seconds('COLLECTION'),
    assessmentSeconds: seconds('ASSESSMENT'),
    timedLearners: people(events.filter(event => (event.seconds ?? 0) > 0)),
  };
}

const nextDay = (day: string): string => new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
const weekday = (day: string): number => (new Date(day).getUTCDay() + 6) % 7;

/** The days of a period, cut where an interval begins. */
export function spansOf({ from, through }: Span, interval: string): Span[] {
  const begins = (day: string) =>
    interval === 'DAY' || (interval === 'WEEK' ? weekday(day) === 0 : day.endsWith(interval === 'YEAR' ? '-01-01' : '-01'));
  const spans: Span[] = [];
  for (let day = from; day <= through; day = nextDay(day)) {
    if (spans.length === 0 || begins(day)) spans.push({ from: day, through: day });
    else spans.at(-1)!.through = day;
  }
  return spans;
}

const active = (classes: readonly WorldClass[]): WorldClass[] => classes.filter(klass => klass.active);

/** Distinct students with an active enrolment in an active class. */
export function studentsOf({ enrolments }: WorldTenant, classes: readonly WorldClass[]): number {
  const among = new Set(active(classes));
  return people(enrolments.filter(({ klass, type, endedAt }) => among.has(klass) && type === 'STUDENT' && endedAt === null));
}

/** Triples of active class, student of that day and expected competency, by the student's latest status. */
export function competencyCountsOf(
  tenant: WorldTenant,
  classes: readonly WorldClass[],
  { asOf, subject, framework }: Filter & { asOf?: string | null },
) {
  const day = asOf ?? today(tenant);
  const counts = [0, 0, 0, 0];
  for (const klass of active(classes)) {
    const expected = tenant.competencies.filter(competency =>
      competency.grade === klass.grade && (klass.subject === null || competency.subject === klass.subject) &&
      (subject ?? competency.subject) === competency.subject && (framework ?? competency.framework) === competency.framework);
    const enrolled = tenant.enrolments.filter(({ type, enrolledAt, endedAt, ...of }) =>
      of.klass === klass && type === 'STUDENT' && dayIn(tenant.timeZone, enrolledAt) <= day &&
      (endedAt === null || dayIn(tenant.timeZone, endedAt) > day));
    for (const { person } of enrolled) {
      for (const competency of expected) {
        const known = tenant.statuses.filter(status => status.person === person && status.competency === competency && status.day <= day);
        const latest = known.sort((a, b) => (a.day < b.day ? 1 : -1))[0]?.status ?? 0;
        counts[latest]!++;
      }
    }
  }
  const [notStarted, inProgress, inferred, completed] = counts;
  return { notStarted, inProgress, inferred, completed };
}

/** What another hierarchy of the tenant's own would change. */
export function changeTo(tenant: WorldTenant, hierarchy: string) {
  const { ownHierarchy: own, classes, people: everybody, enrolments } = tenant;
  const isOther = (through: string) => (klass: WorldClass) => pathOfClass(tenant, through, klass).length === 0;
  const both = (is: (klass: WorldClass) => boolean, isNot: (klass: WorldClass) => boolean) =>
    active(classes).filter(klass => is(klass) && !isNot(klass)).length;
  const covered = (through: string, { grants, roles, ...person }: WorldPerson) =>
    new Set([
      ...grants.flatMap(group => coveredBy(tenant, through, group)),
      ...enrolments.filter(({ type, endedAt, klass, ...of }) => of.person.id === person.id && roles.includes('TEACHER') &&
        type === 'TEACHER' && endedAt === null && klass.active).map(({ klass }) => klass),
    ]);
  const holders = everybody.filter(({ roles, deleted }) =>
    !deleted && !roles.includes('ORG_ADMIN') && roles.some(role => ['OFFICER', 'PARTNER', 'TEACHER'].includes(role)));
  const seeMore = (than: string, through: string) =>
    holders.filter(person => [...covered(through, person)].some(klass => !covered(than, person).has(klass))).length;
  return {
    classesToOther: both(isOther(hierarchy), isOther(own)),
    classesFromOther: both(isOther(own), isOther(hierarchy)),
    usersGainingAccess: seeMore(own, hierarchy),
    usersLosingAccess: seeMore(hierarchy, own),
  };
}

const isCounted = ({ score, seconds }: WorldEvent): boolean => score !== null || (seconds ?? 0) > 0;

/** Whether somebody did anything that counts in a class. */
export const countedIn = ({ events }: WorldTenant, person: WorldPerson, klass: WorldClass): boolean =>
  events.some(event => event.person === person && event.klass === klass && isCounted(event));

/** The class-day facts: what is read to build stored sums where there are none. */
export const factsOf = remembering(({ events, timeZone }: WorldTenant): number => {
  const counted = events.filter(isCounted);
  const keys = counted.map(({ klass, occurredAt, subject, contentSource }) =>
    JSON.stringify([klass.id, dayIn(timeZone, occurredAt), subject, contentSource]));
  return new Set(keys).size;
});
