import { nodeLoaders } from '../hierarchy/published';
import type { Caller } from '../shared/access/caller';
import type { Session } from '../shared/database/session';
import type { SubgraphContext } from '../shared/subgraph/context';
import { auditLogLoader } from './audit/audit-log.loader';
import { studentCountLoader } from './enrolments/student-count.loader';

export function createLoaders(parts: { caller: Caller; session: Session; now: Date }) {
  const nodes = nodeLoaders(parts);
  return { nodes, studentCount: studentCountLoader({ ...parts, nodes }), auditLog: auditLogLoader(parts) };
}

export type RosterContext = SubgraphContext<ReturnType<typeof createLoaders>>;
