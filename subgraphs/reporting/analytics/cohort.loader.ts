import { Loader } from '../../shared/loader';
import { memberClasses, type Node, type NodeLoaders } from '../../hierarchy/published';
import { Problem } from '../../shared/errors';
import type { Session } from '../../shared/database/session';
import { groupBy } from '../../shared/group-by';
import type { Day, Period } from '../../shared/period';
import { selectAtRisk, selectCohortRows, type CohortRow, type StudentPlace } from './cohort-rows.queries';
import { listedClasses, type Cohort } from './cohort.queries';
import type { selectTodayAndRisk } from './risk/risk-settings.queries';
import { refuseExpired } from './windows';
import { bearable, comfortable, mostRows, studentsOfClass } from './stored/large';
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

const rowsOf = ({ set, windows }: CohortKey): number =>
  ('node' in set ? set.node.allClasses : set.classes.length) * studentsOfClass * windows.length;

function refuseTooLarge(keys: readonly CohortKey[]): void {
  const rows = keys.reduce((sum, key) => sum + rowsOf(key), 0);
  if (rows <= mostRows) return;
  throw new Problem(
    'TOO_LARGE',
    `This would look at some ${rows} learners and intervals while you wait; at most are ${mostRows}. Ask for a node ` +
      'further down or for a shorter period; of the whole tenant, what ends today and whole intervals of late are made ' +
      'ready in the background.',
  );
}

/** One set per operation. */
export function cohortLoaders(
  { session, nodes, now, todayAndRisk }:
  { session: Session; nodes: NodeLoaders; now: Date; todayAndRisk: () => ReturnType<typeof selectTodayAndRisk> },
) {
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

  /** What was made in the background, where all of it is there; of a large tenant alone. */
  const storedAnswer = async (key: CohortKey, whole: Day | null): Promise<CohortAnswer | null> => {
    const { set, windows } = key;
    if (!('node' in set) || set.node.kind !== 'tenant' || rowsOf(key) <= comfortable) return null;
    const tx = await session.read();
    const known = new Map((await selectStoredFigures(tx, windows)).map(one => [JSON.stringify(one.window), one]));
    const found = windows.map(window => known.get(JSON.stringify({ from: window.from, through: window.through })));
    if (!found.every(one => one !== undefined)) return null;
    // What is quick enough is counted anew where something has changed since.
    if (rowsOf(key) <= bearable && found.some(one => one.version !== tx.version)) return null;
    return { rows: found.map(({ row }) => row && toldFrom(whole, row)), asOf: found.map(one => momentOf(one, tx.version, now)), stored: true };
  };

  const cohortRows = new Loader<CohortKey, CohortAnswer, string>(
    'cohorts',
    async keys => {
      const found = new Map<string, CohortAnswer>();
      const { risk } = await todayAndRisk();
      const whole = await refuseExpired(await session.read(), keys.flatMap(({ windows }) => windows), now);
      for (const key of keys) {
        const stored = await storedAnswer(key, whole);
        if (stored) found.set(cacheKey(key), stored);
      }
      const live = keys.filter(key => !found.has(cacheKey(key)));
      refuseTooLarge(live);
      for (const group of groupBy(live, questionOf).values()) {
        const { windows } = group[0]!;
        const cohort = await cohortOf([...new Map(group.map(({ set }) => [keyOf(set), set])).values()]);
        const thresholds = windows.length === 1 ? risk : null;
        const rows = await selectCohortRows(await session.read(), cohort, { windows, thresholds, whole });
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

  /** The students of a set who are at risk, by name. */
  const atRisk = async (set: ClassSet, asked: { window: Period; most: number; after: StudentPlace | null }) => {
    refuseTooLarge([{ set, windows: [asked.window] }]);
    const tx = await session.read();
    const whole = await refuseExpired(tx, [asked.window], now);
    const { risk: thresholds } = await todayAndRisk();
    return selectAtRisk(tx, await cohortOf([set]), { ...asked, thresholds, whole });
  };

  return { cohortRows, atRisk };
}

/** What was made earlier, by now without a last day before which something has expired. */
const toldFrom = (whole: Day | null, row: CohortRow): CohortRow =>
  whole !== null && row.lastDay !== null && row.lastDay < whole ? { ...row, lastDay: null } : row;

/** While nothing of the tenant has changed, what was made earlier says what is so now. */
export const momentOf = ({ version, computedAt }: StoredFigures, seen: string | undefined, now: Date): Date =>
  version === seen ? now : computedAt;
