import type { Node } from '../../hierarchy/published';
import { Freshness, ProvenanceSource, type Provenance } from '../../shared/graphql/provenance.type';
import type { Day } from '../../shared/period';
import type { PlanLevel, Source } from '../rollup/plan';

interface Circumstances {
  levels: readonly PlanLevel[];
  now: Date;
  hierarchyVersion: number;
  /** From when on the tenant keeps such figures whole; null: from the beginning. */
  completeFrom: Day | null;
}

/** Says of a node's figures where they were read. */
export function shownProvenance(
  node: Node,
  source: Source,
  { levels, now, hierarchyVersion, completeFrom }: Circumstances,
): Provenance {
  return { ...whereFrom(node, source, levels), asOf: now, freshness: Freshness.FRESH, hierarchyVersion, completeFrom };
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
