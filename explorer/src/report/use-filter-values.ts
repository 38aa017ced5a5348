import { useQuery } from '@apollo/client/react';
import { FilterValuesDocument, type FilterValuesQuery } from '../graph/operations';
import type { KnownValues } from './filter-values';
import type { ReportNode } from './rows';
import type { View } from './view';

interface Asked {
  node: Pick<ReportNode, 'id' | 'hierarchyId'> | null | undefined;
  period: View['period'];
  asOf: string;
  /** Most reports are looked at without a filter: then nobody asks. */
  isWanted: boolean;
}

/** What a node can be filtered by: undefined where nobody asks, while it is being asked, and where it cannot be had. */
export function useFilterValues({ node, period, asOf, isWanted }: Asked): { known: KnownValues | undefined; isAsking: boolean } {
  const { data, loading } = useQuery(FilterValuesDocument, {
    variables: { id: node?.id ?? '', hierarchyId: node?.hierarchyId ?? '', period, asOf },
    skip: !isWanted || !node,
  });
  const known = (data as FilterValuesQuery | undefined)?.hierarchyNode ?? undefined;
  return { known, isAsking: loading && !known };
}
