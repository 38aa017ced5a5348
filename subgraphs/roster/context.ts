import { nodeLoaders } from '../hierarchy/published';
import type { Caller } from '../shared/access/caller';
import type { Session } from '../shared/database/session';
import type { SubgraphContext } from '../shared/subgraph/context';
import { studentCountLoader } from './enrolments/student-count.loader';
import { studentGroupLoaders } from './student-groups/student-group.loader';

export function createLoaders(parts: { caller: Caller; session: Session; now: Date }) {
  const nodes = nodeLoaders(parts);
  return { nodes, studentCount: studentCountLoader({ ...parts, nodes }), ...studentGroupLoaders(parts) };
}

export type RosterContext = SubgraphContext<ReturnType<typeof createLoaders>>;
