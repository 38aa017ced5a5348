import { selectOwnHierarchy, wholeViewId, type NodeLoaders } from '../../hierarchy/published';
import type { Caller } from '../../shared/access/caller';
import type { Session } from '../../shared/database/session';
import type { SeenClass } from '../classes/class.loader';
import {
  countLog,
  seenClasses,
  selectLog,
  type LogFilter,
  type LogRow,
  type SeenClasses,
} from './activity-log.queries';
import { filterLog, type LogQuestion } from './read-log';

interface Parts {
  caller: Caller;
  session: Session;
  now: Date;
  nodes: NodeLoaders;
  classById: (id: string) => Promise<SeenClass | null>;
}

export function activityLogLoaders({ caller, session, now, nodes, classById }: Parts) {
  const seen = async (): Promise<SeenClasses> => {
    const { key } = await selectOwnHierarchy(await session.read());
    const view = await nodes.view(key);
    const there = await nodes.found.load({ id: wholeViewId(caller, view), hierarchyKey: key });
    const teacher = caller.roles.has('TEACHER') ? caller.personId : null;
    return seenClasses({ scope: there?.node ?? null, view, teacher });
  };

  /** The lines of one page and one behind it, and what they were chosen by. */
  const log = async (
    question: LogQuestion,
    page: { first: number; after: { createdAt: string; id: string } | null },
  ): Promise<{ filter: LogFilter; rows: LogRow[] }> => {
    const tx = await session.read();
    const seesClass = async (id: string): Promise<boolean | null> => {
      const found = await classById(id);
      return found && found.seen === 'whole';
    };
    const filter = await filterLog(question, { tx, caller, now, seenClasses: seen, seesClass });
    return { filter, rows: await selectLog(tx, { filter, first: page.first + 1, after: page.after }) };
  };

  return { log, countLog: async (filter: LogFilter) => countLog(await session.read(), filter) };
}
