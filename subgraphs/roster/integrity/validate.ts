import { keepCompetencyCounts } from '../../reporting/published';
import type { Transaction } from '../../shared/database/database';
import type { Performer } from '../activity-log/log-entry';
import { areForeignKeysEnforced } from './constraints.queries';
import { mendProblems, selectProblems, selectTouchedClasses } from './integrity.queries';
import type { RelationshipReport } from './report.type';

export interface Validation {
  fix: boolean;
  performer: Performer;
  now: Date;
}

/** Finds what in the tenant's roster refers to nothing or stands there twice; with `fix` mends it, and logs that. */
export async function validateRelationships(
  tx: Transaction,
  { fix, performer, now }: Validation,
): Promise<RelationshipReport> {
  const found = await selectProblems(tx);
  let left = found;
  if (fix && found.length > 0) {
    const classes = await selectTouchedClasses(tx);
    await keepCompetencyCounts(tx, { classes, now }, () => mendProblems(tx, { performer, now }));
    left = await selectProblems(tx);
  } else tx.keepVersion();
  const remaining = new Map(left.map(({ kind, count }) => [kind, count]));
  return {
    problems: found.map(problem => ({ ...problem, remaining: remaining.get(problem.kind) ?? 0 })),
    fixed: fix,
    foreignKeysEnforced: await areForeignKeysEnforced(tx),
  };
}

/** Whether nothing of it stands in the way of the constraints: the log has none. */
export const isClean = ({ problems }: Pick<RelationshipReport, 'problems'>): boolean =>
  problems.every(({ table, remaining }) => remaining === 0 || table === 'activity_log');
