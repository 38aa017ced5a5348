import path from 'node:path';
import { projectRoot } from '../subgraphs/shared/project-root';

/** What `node -r` loads before a file of TypeScript. */
export const registerTypeScript = path.join(projectRoot, 'test', 'load-typescript.cjs');
