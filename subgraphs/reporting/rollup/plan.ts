import type { Node } from '../../hierarchy/published';
import { Problem } from '../../shared/errors';

/** A level of a hierarchy, root first, without the leaf. */
export interface PlanLevel {
  sequence: number;
  type: string;
  stored: boolean;
}

/** What of a tenant's stored sums can be read. */
export interface Stored {
  /** The cells and the tenant's own sums are complete. */
  cells: boolean;
  /** The stored levels of the hierarchy are complete. */
  levels: boolean;
}

/** Where a node's figures are read. */
export type Source =
  /** The node's own stored rows. */
  | { read: 'own' }
  /** The stored nodes of a lower level, and what hangs above that level. */
  | { read: 'level'; sequence: number; type: string }
  /** The cells: classes that hang under the same parents in every hierarchy. */
  | { read: 'cells' }
  /** The class-day facts. */
  | { read: 'classes' };

export interface PlanInput {
  node: Pick<Node, 'kind' | 'level' | 'stored' | 'below' | 'allClasses'>;
  levels: readonly PlanLevel[];
  stored: Stored;
  /** Buckets of the period's cover. */
  buckets: number;
  /** Days of the period, for the class-day facts. */
  days: number;
}

export interface Plan {
  source: Source;
  /** How many stored rows, or facts, it takes at the most. */
  rows: number;
}

/** More rows than this are not added up while somebody waits. */
export const mostRows = 5_000_000;

/**
 * Where to read a node's figures: its own stored rows; else, of the stored levels below it, of the cells and of the
 * classes, what takes the fewest rows.
 */
export function planNode({ node, levels, stored, buckets, days }: PlanInput): Plan {
  const fromClasses: Plan = { source: { read: 'classes' }, rows: node.allClasses * days };
  // What one reader may see is stored for nobody.
  if (node.kind === 'class' || node.kind === 'scope' || node.kind === 'scopeOther') return fromClasses;
  if (node.kind === 'tenant') return stored.cells ? { source: { read: 'own' }, rows: buckets } : fromClasses;
  if (node.kind === 'other') return stored.cells ? { source: { read: 'cells' }, rows: node.allClasses * buckets } : fromClasses;
  if (stored.levels && node.stored) return { source: { read: 'own' }, rows: buckets };

  // The lowest level has no rows of its own: its nodes are the cells, kept once for all hierarchies.
  const lowest = levels.at(-1)!.sequence;
  const choices: Plan[] = [fromClasses];
  if (stored.levels) {
    for (const { sequence, type } of levels.filter(level => level.stored && level.sequence > node.level && level.sequence < lowest)) {
      choices.push({ source: { read: 'level', sequence, type }, rows: (node.below[sequence] ?? 0) * buckets });
    }
  }
  if (stored.cells) {
    const cells = node.level === lowest ? 1 : (node.below[lowest] ?? 0);
    choices.push({ source: { read: 'cells' }, rows: Math.max(1, cells) * buckets });
  }
  // Of equals the later stands lower, where less can hang above it.
  return choices.reduce((best, choice) => (choice.rows <= best.rows ? choice : best));
}

/** Refuses what would take too long, with what would help. */
export function refuseTooLarge(plans: readonly Plan[], what: string): void {
  const rows = plans.reduce((sum, plan) => sum + plan.rows, 0);
  if (rows <= mostRows) return;
  throw new Problem(
    'TOO_LARGE',
    `${what} would add up some ${rows} rows while you wait; at most are ${mostRows}. Store a level of this hierarchy ` +
      'between the node and its classes (updateHierarchy, levels.stored), wait until a rebuild that is under way has ' +
      'ended, or ask for a shorter period.',
  );
}
