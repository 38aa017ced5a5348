import { readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../subgraphs/shared/project-root';
import type { SubgraphRoute } from '../subgraphs/shared/subgraph/route';

export const schemaFolder = path.join(projectRoot, 'schema');
export const supergraphFile = 'supergraph.graphql';

/** The composed graph, as `npm run schema` wrote it. */
export const readSupergraph = (): string => readFileSync(path.join(schemaFolder, supergraphFile), 'utf8');

export const routesFile = 'routes.json';

/** The routes of each subgraph, as `npm run schema` wrote them: a gateway by itself loads no subgraph. */
export const readRoutes = (): Record<string, Pick<SubgraphRoute, 'method' | 'path'>[]> =>
  JSON.parse(readFileSync(path.join(schemaFolder, routesFile), 'utf8'));
