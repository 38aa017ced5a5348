export const statuses = ['completed', 'inferred', 'inProgress', 'notStarted'] as const;
export type StatusCounts = Record<(typeof statuses)[number], number>;

/** Everything that is expected, whatever its status. */
export const expectedOf = (counts: StatusCounts): number => statuses.reduce((sum, status) => sum + counts[status], 0);

/** Percent, 0 to 100, of what is expected; null where nothing is. What is inferred is not completed. */
export function percentCompleted(counts: StatusCounts): number | null {
  const expected = expectedOf(counts);
  return expected === 0 ? null : (counts.completed / expected) * 100;
}
