/** Whether the database refused a statement because of this constraint. */
export function violates(error: unknown, constraint: string): boolean {
  const cause = (error as { driverError?: unknown }).driverError ?? error;
  return typeof cause === 'object' && cause !== null && (cause as { constraint?: unknown }).constraint === constraint;
}
