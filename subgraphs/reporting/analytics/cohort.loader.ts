import { Loader } from '../../shared/loader';
import { memberClasses, type Node, type NodeLoaders } from '../../hierarchy/published';
import { Problem } from '../../shared/errors';
import type { Session } from '../../shared/database/session';
import { groupBy } from '../../shared/group-by';
import type { Period } from '../../shared/period';
import { selectAtRisk, selectCohortRows, type CohortRow, type StudentPlace } from './cohort-rows.queries';
import { listedClasses, type Cohort } from './learner-rows.queries';
import type { selectTodayAndRisk } from './risk/risk-settings.queries';

/** Some classes under a name, or those at or below a node that was found visible. */
export type ClassSet = { key: string; classes: readonly number[] } | { node: Node };

/** The learners of classes over windows, in their order; at risk or not is told of a single window alone. */
export interface CohortKey {
  set: ClassSet;
  windows: readonly Period[];
}

/** Learners of a class, about: to tell what takes too long, and for nothing else. */
const studentsOfClass = 25;
/** Learners by windows that are looked at one by one while somebody waits. */
const mostRows = 100_000;

export const keyOf = (set: ClassSet): string => ('node' in set ? set.node.id : set.key);
const hierarchyOf = (set: ClassSet): string | null => ('node' in set ? set.node.hierarchyKey : null);

const questionOf = ({ set, windows }: CohortKey): string =>
  JSON.stringify([hierarchyOf(set), windows.length, windows[0], windows[1], windows.at(-1)]);
const cacheKey = (key: CohortKey): string => `${questionOf(key)}\n${keyOf(key.set)}`;

function refuseTooLarge(keys: readonly CohortKey[]): void {
  const classesOf = ({ set }: CohortKey): number => ('node' in set ? set.node.allClasses : set.classes.length);
  const rows = keys.reduce((sum, key) => sum + classesOf(key) * studentsOfClass * key.windows.length, 0);
  if (rows <= mostRows) return;
  throw new Problem(
    'TOO_LARGE',
    `This would look at some ${rows} learners and intervals while you wait; at most are ${mostRows}. Ask for a node ` +
      'further down, for a shorter period or for longer intervals.',
  );
}

/** One set per operation. */
export function cohortLoaders(
  { session, nodes, todayAndRisk }:
  { session: Session; nodes: NodeLoaders; todayAndRisk: () => ReturnType<typeof selectTodayAndRisk> },
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

  /** By window; null where nobody is there. */
  const cohortRows = new Loader<CohortKey, (CohortRow | null)[], string>(
    'cohorts',
    async keys => {
      const found = new Map<string, (CohortRow | null)[]>();
      const { risk } = await todayAndRisk();
      refuseTooLarge(keys);
      for (const group of groupBy(keys, questionOf).values()) {
        const { windows } = group[0]!;
        const cohort = await cohortOf([...new Map(group.map(({ set }) => [keyOf(set), set])).values()]);
        const thresholds = windows.length === 1 ? risk : null;
        const rows = await selectCohortRows(await session.read(), cohort, { windows, thresholds });
        const ofSet = groupBy(rows, row => row.key);
        for (const key of group) {
          const own = new Map((ofSet.get(keyOf(key.set)) ?? []).map(row => [row.index, row]));
          found.set(cacheKey(key), windows.map((_, index) => own.get(index) ?? null));
        }
      }
      return keys.map(key => found.get(cacheKey(key))!);
    },
    { cacheKeyFn: cacheKey },
  );

  /** The students of a set who are at risk, by name. */
  const atRisk = async (set: ClassSet, asked: { window: Period; most: number; after: StudentPlace | null }) => {
    refuseTooLarge([{ set, windows: [asked.window] }]);
    const { risk: thresholds } = await todayAndRisk();
    return selectAtRisk(await session.read(), await cohortOf([set]), { ...asked, thresholds });
  };

  return { cohortRows, atRisk };
}
