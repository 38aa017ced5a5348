import type { ToldFigure } from '../database/figures';

/** What stands in line to be done, in a table. */
export interface Line {
  /** The queue's name in the figures. */
  queue: string;
  /** SQL for a tenant's jobs in line, from the table's name on. `tenant`: SQL for the number of the tenant. */
  jobs: (tenant: string) => string;
  /** SQL for the moment since when a job has been in line. */
  since: string;
}

/** What a queue has yet to do, over all tenants. */
export const lineFigures = ({ queue, jobs, since }: Line): readonly ToldFigure[] => [
  {
    name: 'strata_queue_waiting',
    help: 'Jobs in line, the one under way included, in all tenants.',
    labels: { queue },
    over: 'sum',
    select: tenant => `select count(*) from ${jobs(tenant)}`,
  },
  {
    name: 'strata_queue_oldest_seconds',
    help: 'How long the oldest job has been in line; 0 where there is none.',
    labels: { queue },
    over: 'greatest',
    select: tenant => `select extract(epoch from clock_timestamp() - min(${since})) from ${jobs(tenant)}`,
  },
];
