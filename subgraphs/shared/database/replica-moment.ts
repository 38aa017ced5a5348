import type { PrimaryMoment, ReplicaMoment } from './replica.queries';
import { isOfStructure } from './version.queries';

/** Why a replica may answer, or may not. */
export type Verdict = 'used' | 'promoted' | 'late' | 'structure';

/**
 * Whether what a replica shows may be an answer. It must follow the primary still, be no further behind than is allowed,
 * and know every change of structure that the primary knew when it was asked: whose grant was revoked a moment ago, or
 * whose class was moved, is answered by what is so. Slot by slot, since a sum of other changes can be the same.
 */
export function judgeReplica(
  { primary, replica }: { primary: PrimaryMoment; replica: ReplicaMoment },
  mostSecondsBehind: number,
): Verdict {
  if (!replica.follows) return 'promoted';
  if (!replica.asOf || primary.now.getTime() - replica.asOf.getTime() > mostSecondsBehind * 1_000) return 'late';
  for (const [slot, version] of Object.entries(primary.slots)) {
    if (isOfStructure(Number(slot)) && (replica.slots[slot] ?? 0) < version) return 'structure';
  }
  return 'used';
}

/** Whether both show the same of the tenant: then the replica's version means what the primary's means. */
export const areLevel = (primary: PrimaryMoment, replica: ReplicaMoment): boolean => {
  const slots = Object.entries(primary.slots);
  return slots.length === Object.keys(replica.slots).length && slots.every(([slot, version]) => replica.slots[slot] === version);
};
