import { surroundThreads } from '../subgraphs/shared/threads';
import { registerTypeScript } from './typescript-in-children';

/** What jest loads before a test file: a thread that is started by it runs the sources as they are. */
surroundThreads({ execArgv: ['-r', registerTypeScript] });
