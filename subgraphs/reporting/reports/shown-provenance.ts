import type { Node } from '../../hierarchy/published';
import { Freshness, ProvenanceSource, type Provenance } from '../../shared/graphql/provenance.type';
import type { Day } from '../../shared/period';
import type { PlanLevel, Source } from '../rollup/plan';

interface Circumstances {
  levels: readonly PlanLevel[];
  hierarchyVersion: number;
  /** From when on the tenant keeps such figures whole; null: from the beginning. */
  completeFrom: Day | null;
}

/** Says of a node's figures where they were read. */
export function shownProvenance(
  node: Node,
  source: Source,
  { levels, hierarchyVersion, completeFrom, ...moment }: Circumstances & Moment,
): Provenance {
  return { ...whereFrom(node, source, levels), ...momentShown(moment), hierarchyVersion, completeFrom };
}

interface Moment {
  /** The moment that the read saw. */
  asOf: Date;
  /** The moment of the answer. */
  now: Date;
}

const hour = 3_600_000;

export function momentShown({ asOf, now }: Moment): Pick<Provenance, 'asOf' | 'freshness'> {
  const age = now.getTime() - asOf.getTime();
  const freshness = age < 4 * hour ? Freshness.FRESH : age < 24 * hour ? Freshness.STALE : Freshness.VERY_STALE;
  return { asOf, freshness };
}

function whereFrom(node: Node, source: Source, levels: readonly PlanLevel[]): Pick<Provenance, 'source' | 'storedLevel'> {
  const lowest = levels.at(-1)?.type ?? null;
  switch (source.read) {
    case 'own':
      return { source: ProvenanceSource.STORED, storedLevel: node.type };
    case 'level':
      return { source: ProvenanceSource.READ_TIME, storedLevel: source.type };
    case 'cells': // the lowest level's own rows are its cells
      return { source: node.type === lowest ? ProvenanceSource.STORED : ProvenanceSource.READ_TIME, storedLevel: lowest };
    case 'classes':
      return { source: ProvenanceSource.READ_TIME, storedLevel: null };
  }
}
