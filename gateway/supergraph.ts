import { readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../subgraphs/shared/project-root';

export const schemaFolder = path.join(projectRoot, 'schema');
export const supergraphFile = 'supergraph.graphql';

/** The composed graph, as `npm run schema` wrote it. */
export const readSupergraph = (): string => readFileSync(path.join(schemaFolder, supergraphFile), 'utf8');
