import type { PartitionedTable } from './partitions';

/** Every partitioned table, and how far ahead its partitions are made: longer than a service is ever left alone. */
export const partitionedTables: readonly PartitionedTable[] = [
  { table: 'activity_events', by: 'day', ahead: 14 },
  { table: 'audit_log', by: 'month', ahead: 3 },
];
