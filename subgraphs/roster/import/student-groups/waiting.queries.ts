import { lineFigures } from '../../../shared/queue/line-figures.queries';

/** Student group files that are not applied yet. */
export const groupFilesInLine = lineFigures({
  queue: 'student_group_files',
  jobs: tenant => `imports where imports.tenant_id = ${tenant} and imports.status = 'ACCEPTED'`,
  since: 'imports.queued_at',
});
