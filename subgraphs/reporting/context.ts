import type { SubgraphContext } from '../shared/subgraph/context';
import { figureLoaders, type FigureLoaders } from './rollup/figures.loader';

export const createLoaders = figureLoaders;

export type ReportingContext = SubgraphContext<FigureLoaders>;
