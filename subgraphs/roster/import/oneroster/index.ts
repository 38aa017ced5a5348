export { importBundle, type ImportResult } from './import-bundle';
