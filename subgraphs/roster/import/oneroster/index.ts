export { importBundle, type ImportResult } from './import-bundle';
export { importFile } from './import-file';
