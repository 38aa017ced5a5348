import type { Node, NodeLoaders } from '../../hierarchy/published';
import type { Session } from '../../shared/database/session';
import { groupBy } from '../../shared/group-by';
import { Loader } from '../../shared/loader';
import type { Day, Period } from '../../shared/period';
import { expiredBefore, readRetention } from '../../shared/retention/retention';
import { selectUsers, type UsersRow } from './organisation-users.queries';
import { comfortable, studentsOfClass } from './stored/large';
import { selectStoredFigures } from './stored/organisation-figures.queries';

/** A node that was found visible. */
interface UsersKey {
  node: Node;
  window: Period;
}

/** The tenant is the same through every hierarchy. */
const questionOf = ({ node, window: { from, through } }: UsersKey): string =>
  `${node.kind === 'tenant' ? '' : node.hierarchyKey}\n${from} ${through}`;
const cacheKey = (key: UsersKey): string => `${questionOf(key)}\n${key.node.id}`;

/** A day of the window begins at most so many milliseconds before it does in UTC. */
const earliestZone = 14 * 3_600_000;

interface Parts {
  session: Session;
  nodes: NodeLoaders;
  now: Date;
  todayAndRisk: () => Promise<{ today: Day }>;
}

/** One set per operation. */
export function organisationLoaders({ session, nodes, now, todayAndRisk }: Parts) {
  /** Of a large tenant as they were counted in the background, unless something has expired since that counted then. */
  const storedUsers = async (node: Node, window: Period, auditedSince: Date | null): Promise<UsersRow[] | null> => {
    if (auditedSince !== null && auditedSince.getTime() > Date.parse(window.from) - earliestZone) return null;
    const tx = await session.read();
    const [stored] = await selectStoredFigures(tx, [window]);
    const isGood = stored?.version === tx.version || node.allClasses * studentsOfClass > comfortable;
    return (isGood && stored?.users) || null;
  };

  const users = new Loader<UsersKey, UsersRow[], string>(
    'users',
    async keys => {
      const found = new Map<string, UsersRow[]>();
      const tx = await session.read();
      const auditedSince = expiredBefore(now, (await readRetention(tx)).auditLogDays);
      for (const group of groupBy(keys, questionOf).values()) {
        const { node, window } = group[0]!;
        if (node.kind === 'tenant') {
          const stored = await storedUsers(node, window, auditedSince);
          const rows = stored ?? (await selectUsers(tx, { of: null, window, auditedSince })).get('') ?? [];
          for (const key of group) found.set(cacheKey(key), rows);
          continue;
        }
        const { today } = await todayAndRisk();
        const of = { nodes: group.map(key => key.node), view: await nodes.view(node.hierarchyKey), today };
        const rows = await selectUsers(tx, { of, window, auditedSince });
        for (const key of group) found.set(cacheKey(key), rows.get(key.node.id) ?? []);
      }
      return keys.map(key => found.get(cacheKey(key))!);
    },
    { cacheKeyFn: cacheKey },
  );

  return { users: (node: Node, window: Period) => users.load({ node, window }) };
}
