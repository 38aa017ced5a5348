import { Loader } from '../../shared/loader';
import { memberClasses, type Node, type NodeLoaders } from '../../hierarchy/published';
import type { Session } from '../../shared/database/session';
import { groupBy } from '../../shared/group-by';
import type { Day, Period } from '../../shared/period';
import { countRows, selectAtRisk, selectCohortRows, type CohortRow, type RiskRow, type StudentPlace } from './cohort-rows.queries';
import { listedClasses, type Cohort } from './cohort.queries';
import type { Effort } from './effort';
import type { selectTodayAndRisk } from './risk/risk-settings.queries';
import { refuseExpired } from './windows';
import { bearable, studentsOfClass } from './stored/large';
import { selectStoredFigures, type StoredFigures } from './stored/organisation-figures.queries';

/** Some classes under a name, or those at or below a node that was found visible. */
export type ClassSet = { key: string; classes: readonly number[] } | { node: Node };

/** The learners of classes over windows, in their order; at risk or not is told of a single window alone. */
export interface CohortKey {
  set: ClassSet;
  windows: readonly Period[];
}

export const keyOf = (set: ClassSet): string => ('node' in set ? set.node.id : set.key);
const hierarchyOf = (set: ClassSet): string | null => ('node' in set ? set.node.hierarchyKey : null);

const questionOf = ({ set, windows }: CohortKey): string =>
  JSON.stringify([hierarchyOf(set), windows.length, windows[0], windows[1], windows.at(-1)]);
const cacheKey = (key: CohortKey): string => `${questionOf(key)}\n${keyOf(key.set)}`;

/** Rows by window, null where nobody is there; and the moment that each of them is of. */
export interface CohortAnswer {
  rows: readonly (CohortRow | null)[];
  asOf: readonly Date[];
  /** Whether they were made in the background. */
  stored: boolean;
}

const classesOf = (set: ClassSet): number => ('node' in set ? set.node.allClasses : set.classes.length);
/** About so many learners and windows, as far as can be told without counting them. */
const guessedRows = ({ set, windows }: CohortKey): number => classesOf(set) * studentsOfClass * windows.length;
const isTenant = ({ set }: CohortKey): boolean => 'node' in set && set.node.kind === 'tenant';

/** A page of the students of a set who are at risk, by name. */
interface RiskKey {
  set: ClassSet;
  window: Period;
  most: number;
  after: StudentPlace | null;
}
interface RiskAnswer {
  rows: RiskRow[];
  total: number;
}

const riskQuestionOf = ({ set, window }: RiskKey): string => JSON.stringify([hierarchyOf(set), window.from, window.through]);
const riskKey = (key: RiskKey): string => {
  const { familyName, givenName, login, number } = key.after ?? {};
  return JSON.stringify([riskQuestionOf(key), keyOf(key.set), key.most, familyName, givenName, login, number]);
};

const distinctSets = (keys: readonly { set: ClassSet }[]): ClassSet[] => [...new Map(keys.map(({ set }) => [keyOf(set), set])).values()];

interface Parts {
  session: Session;
  nodes: NodeLoaders;
  now: Date;
  todayAndRisk: () => ReturnType<typeof selectTodayAndRisk>;
  effort: Effort;
}

/** One set per operation. */
export function cohortLoaders({ session, nodes, now, todayAndRisk, effort }: Parts) {
  const cohortOf = async (sets: readonly ClassSet[]): Promise<Cohort> => {
    const asked = sets.filter(set => 'node' in set).map(({ node }) => node);
    if (asked.length > 0) {
      const view = await nodes.view(asked[0]!.hierarchyKey);
      const whole = asked.length === 1 && asked[0]!.kind === 'tenant';
      return { of: 'classes', whole, members: first => memberClasses({ nodes: asked, view }, first) };
    }
    const pairs = (sets as { key: string; classes: number[] }[]).flatMap(({ key, classes }) => classes.map(of => [key, of] as const));
    return listedClasses(pairs);
  };

  /** What was made in the background of the tenant, by cache key, where all of it is there. */
  const storedAnswers = async (keys: readonly CohortKey[], whole: Day | null): Promise<Map<string, CohortAnswer & { isLevel: boolean }>> => {
    const asked = keys.filter(isTenant);
    if (asked.length === 0) return new Map();
    const tx = await session.read();
    const windows = new Map(asked.flatMap(key => key.windows.map(window => [nameOf(window), window])));
    const known = new Map((await selectStoredFigures(tx, [...windows.values()])).map(one => [nameOf(one.window), one]));
    return new Map(
      asked.flatMap(key => {
        const found = key.windows.map(window => known.get(nameOf(window)));
        if (!found.every(one => one !== undefined)) return [];
        const rows = found.map(({ row }) => row && toldFrom(whole, row));
        const asOf = found.map(one => momentOf(one, tx.version, now));
        return [[cacheKey(key), { rows, asOf, stored: true, isLevel: found.every(one => one.version === tx.version) }]];
      }),
    );
  };

  /** What it takes to look at sets in each window, by set; refuses what is too much before any of it is looked at. */
  const measured = async (sets: readonly ClassSet[], windows: readonly Period[]): Promise<Map<string, number>> => {
    // Each class is looked at, too. Of so many that this alone is too much nobody needs to count the learners.
    const classes = (set: ClassSet): number => classesOf(set) * windows.length;
    const all = sets.reduce((sum, set) => sum + classes(set), 0);
    const most = effort.worthCounting;
    if (all >= most) return new Map(sets.map(set => [keyOf(set), classes(set)]));
    const learners = await countRows(await session.read(), await cohortOf(sets), { windows, most });
    return new Map(sets.map(set => [keyOf(set), Math.max(classes(set), learners.get(keyOf(set)) ?? 0)]));
  };

  const cohortRows = new Loader<CohortKey, CohortAnswer, string>(
    'cohorts',
    async keys => {
      const found = new Map<string, CohortAnswer>();
      const { risk } = await todayAndRisk();
      const tx = await session.read();
      const whole = await refuseExpired(tx, keys.flatMap(({ windows }) => windows), now);
      const stored = await storedAnswers(keys, whole);
      const settle = (key: CohortKey): void => void found.set(cacheKey(key), stored.get(cacheKey(key))!);
      for (const key of keys) {
        // What is quick enough is counted anew where something has changed since.
        const made = stored.get(cacheKey(key));
        if (made && (made.isLevel || guessedRows(key) > bearable)) settle(key);
      }
      const live: CohortKey[][] = [];
      for (const group of groupBy(keys.filter(key => !found.has(cacheKey(key))), questionOf).values()) {
        const takes = await measured(distinctSets(group), group[0]!.windows);
        const own = group.filter(key => !stored.has(cacheKey(key)) || takes.get(keyOf(key.set))! <= bearable);
        for (const key of group) if (!own.includes(key)) settle(key);
        for (const set of distinctSets(own)) effort.spend(takes.get(keyOf(set))!);
        if (own.length > 0) live.push(own);
      }
      for (const group of live) {
        const { windows } = group[0]!;
        const thresholds = windows.length === 1 ? risk : null;
        const rows = await selectCohortRows(tx, await cohortOf(distinctSets(group)), { windows, thresholds, whole });
        const ofSet = groupBy(rows, row => row.key);
        for (const key of group) {
          const own = new Map((ofSet.get(keyOf(key.set)) ?? []).map(row => [row.index, row]));
          const answer = { rows: windows.map((_, index) => own.get(index) ?? null), asOf: windows.map(() => now), stored: false };
          found.set(cacheKey(key), answer);
        }
      }
      return keys.map(key => found.get(cacheKey(key))!);
    },
    { cacheKeyFn: cacheKey },
  );

  const pagesAtRisk = new Loader<RiskKey, RiskAnswer, string>(
    'students at risk',
    async keys => {
      const found = new Map<string, RiskAnswer>();
      const { risk: thresholds } = await todayAndRisk();
      const tx = await session.read();
      const whole = await refuseExpired(tx, keys.map(({ window }) => window), now);
      const groups = [...groupBy(keys, riskQuestionOf).values()];
      for (const group of groups) {
        for (const rows of (await measured(distinctSets(group), [group[0]!.window])).values()) effort.spend(rows);
      }
      for (const group of groups) {
        const cohort = await cohortOf(distinctSets(group));
        const pages = group.map(({ set, most, after }) => ({ key: keyOf(set), most, after }));
        const answers = await selectAtRisk(tx, cohort, { window: group[0]!.window, pages, thresholds, whole });
        for (const [index, key] of group.entries()) found.set(riskKey(key), answers[index]!);
      }
      return keys.map(key => found.get(riskKey(key))!);
    },
    { cacheKeyFn: riskKey },
  );
  const atRisk = (set: ClassSet, page: Omit<RiskKey, 'set'>): Promise<RiskAnswer> => pagesAtRisk.load({ set, ...page });

  return { cohortRows, atRisk };
}

const nameOf = ({ from, through }: Period): string => `${from} ${through}`;

/** What was made earlier, by now without a last day before which something has expired. */
const toldFrom = (whole: Day | null, row: CohortRow): CohortRow =>
  whole !== null && row.lastDay !== null && row.lastDay < whole ? { ...row, lastDay: null } : row;

/** While nothing of the tenant has changed, what was made earlier says what is so now. */
export const momentOf = ({ version, computedAt }: StoredFigures, seen: string | undefined, now: Date): Date =>
  version === seen ? now : computedAt;
