import { existsSync } from 'node:fs';
import path from 'node:path';

/** The project's folder, seen from the sources and from what they were compiled to. */
export const projectRoot: string = (() => {
  let folder = __dirname;
  while (!existsSync(path.join(folder, 'package.json'))) {
    const above = path.dirname(folder);
    if (above === folder) throw new Error('package.json of Strata was not found above its own files');
    folder = above;
  }
  return folder;
})();
