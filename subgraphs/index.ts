import { competencySubgraph } from './competency/subgraph';
import { hierarchySubgraph } from './hierarchy/subgraph';
import { reportingSubgraph } from './reporting/subgraph';
import { rosterSubgraph } from './roster/subgraph';
import type { Subgraph } from './shared/subgraph/subgraph';

/** The subgraphs of Strata. docs/how-to-add.md says what a new one needs beside its line here. */
export const subgraphs: readonly Subgraph[] = [hierarchySubgraph, rosterSubgraph, competencySubgraph, reportingSubgraph];
