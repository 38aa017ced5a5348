import type { ToldFigure } from '../../../shared/database/figures';

const queue = { queue: 'student_group_files' };

/** What the queue of student group files has yet to do, over all tenants. */
export const queueFigures: readonly ToldFigure[] = [
  {
    name: 'strata_queue_waiting',
    help: 'Jobs in line, the one under way included, in all tenants.',
    labels: queue,
    over: 'sum',
    select: tenant => `select count(*) from imports where imports.tenant_id = ${tenant} and imports.status = 'ACCEPTED'`,
  },
  {
    name: 'strata_queue_oldest_seconds',
    help: 'How long the oldest job has been in line; 0 where there is none.',
    labels: queue,
    over: 'greatest',
    select: tenant => `
      select extract(epoch from clock_timestamp() - min(imports.queued_at)) from imports
      where imports.tenant_id = ${tenant} and imports.status = 'ACCEPTED'`,
  },
];
