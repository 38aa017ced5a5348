import { LRUCache } from 'lru-cache';
import { counter } from '../metrics';
import type { Seen } from './beginning';
import type { FirstQuestion } from './standing-statements';

const readsAhead = counter(
  'strata_reads_ahead_total',
  'Reads that went on by what the one before saw, without waiting for what they see themselves: it was the same (held), or they were done over (outdated).',
  ['outcome'],
);

const mostTenants = 10_000;

/** A read has gone on by what it expected to see, and sees otherwise: nothing of it counts, and it is done over. */
export class SeenOtherwise extends Error {
  constructor() {
    super('the tenant has changed since it was last read');
  }
}

/**
 * What the last read of each tenant saw as it began. The next one most likely sees the same, and need not wait for it: it
 * asks on at once, and once it has heard looks whether it was right to.
 */
export class Expectations {
  private readonly last = new LRUCache<number, Seen>({ max: mostTenants });

  constructor(private readonly firstQuestion: FirstQuestion | undefined) {}

  of(tenantId: number): Seen | undefined {
    return this.last.get(tenantId);
  }

  saw(tenantId: number, seen: Seen): void {
    this.last.set(tenantId, seen);
  }

  /** After a change the next read will see otherwise. */
  forget(tenantId: number): void {
    this.last.delete(tenantId);
  }

  /** Throws where what a read went on by is not what it sees. */
  compare(expected: Seen, seen: Seen): void {
    const holds = expected.structure === seen.structure && this.firstHolds(expected, seen);
    readsAhead.inc({ outcome: holds ? 'held' : 'outdated' });
    if (!holds) throw new SeenOtherwise();
  }

  private firstHolds(expected: Seen, seen: Seen): boolean {
    return !this.firstQuestion || this.firstQuestion.stillHolds(expected.firstAnswer!, seen.firstAnswer!);
  }
}
