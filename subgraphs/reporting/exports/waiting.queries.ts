import { lineFigures } from '../../shared/queue/line-figures.queries';

/** Report files that are not finished. */
export const reportFilesInLine = lineFigures({
  queue: 'report_files',
  jobs: tenant => `exports where exports.tenant_id = ${tenant} and exports.status in ('PENDING','PROCESSING')`,
  since: 'exports.created_at',
});
