import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { counter, gauge } from '../metrics';
import { areLevel, judgeReplica } from './replica-moment';
import { selectPrimaryMoment, type PrimaryMoment, type ReplicaMoment } from './replica.queries';

export interface ReplicaSettings {
  /** With the rights of the service's own login. */
  url: string;
  /** Seconds: a replica further behind than that answers nothing. */
  mostSecondsBehind: number;
}

/** What it needs of a database, that of the primary or that of the replica. */
interface Server<Transaction> {
  begin(tenantId: number, access: 'read', manner: { signal?: AbortSignal | undefined }): Promise<Transaction>;
  ask<Row>(tenantId: number, question: string): Promise<Row>;
  endBehind(transaction: Transaction): void;
  close(): Promise<void>;
}

/** What a read shows, and what is known of its moment. */
export interface ReplicaRead<Transaction = unknown> {
  transaction: Transaction;
  /** All that was committed before is in it. By the primary's clock. */
  asOf: Date;
  /** Whether the tenant's version in it is the primary's. */
  isLevel: boolean;
  /** When it began, in milliseconds of this process, and by the primary's clock a little later. */
  begun: number;
  askedAt: Date;
}

const outcomes = counter('strata_replica_reads_total', 'Reads that a replica could have answered, by what became of them.', ['outcome']);
let lag = 0;
gauge('strata_replica_seconds_behind', 'How far the replica was behind when it was last asked.', () => lag);

/** Milliseconds that a read waits for a replica, and for which one is left alone that has not answered, or was late. */
const patience = 1_000;
/** People who have written and have not read it back. */
const mostWriters = 100_000;

/**
 * The streaming replica that answers reads. Each read asks the primary beside, in one small message, how far the tenant
 * is: so that an answer is never older than it says, and never shows what the caller may see no more.
 */
export class Replica<Transaction extends { lastAnswer?: object | undefined }> {
  private there: Promise<Server<Transaction>> | undefined;
  private restsUntil = 0;
  /** By person: when they wrote, in this process's milliseconds, and from when on the primary was seen to have it. */
  private readonly writers = new LRUCache<string, { wrote: number; seen?: number }>({ max: mostWriters });

  constructor(
    private readonly primary: Server<Transaction>,
    private readonly connect: () => Promise<Server<Transaction>>,
    private readonly mostSecondsBehind: number,
  ) {}

  /** A read there; undefined where the primary must answer it. Rejects where the primary cannot be asked. */
  async begin(tenantId: number, signal?: AbortSignal): Promise<ReplicaRead<Transaction> | undefined> {
    const begun = performance.now();
    if (begun < this.restsUntil) return undefined;
    const asked = this.primary.ask<PrimaryMoment>(tenantId, selectPrimaryMoment(tenantId));
    const opening = this.beginThere(tenantId, signal);
    const [primary, opened] = await Promise.allSettled([asked, inTime(opening)]);
    const transaction = opened.status === 'fulfilled' ? opened.value : undefined;
    if (!transaction || primary.status === 'rejected') {
      void opening.then(late => this.primary.endBehind(late), () => undefined);
      if (primary.status === 'rejected') throw primary.reason;
      return this.goneWithout('away');
    }
    const replica = transaction.lastAnswer as ReplicaMoment;
    const verdict = judgeReplica({ primary: primary.value, replica }, this.mostSecondsBehind);
    if (replica.asOf) lag = Math.max(0, (primary.value.now.getTime() - replica.asOf.getTime()) / 1_000);
    if (verdict !== 'used') {
      this.primary.endBehind(transaction);
      return this.goneWithout(verdict);
    }
    outcomes.inc({ outcome: 'used' });
    const isLevel = areLevel(primary.value, replica);
    return { transaction, asOf: replica.asOf!, isLevel, begun, askedAt: primary.value.now };
  }

  /** A person has written activity: whatever they read next has it in. */
  hasWritten(tenantId: number, personId: number): void {
    this.writers.set(`${tenantId} ${personId}`, { wrote: performance.now() });
  }

  /** Whether a read has in it what a person wrote through this process. */
  hasAllOf(tenantId: number, personId: number, { asOf, begun, askedAt }: ReplicaRead): boolean {
    const key = `${tenantId} ${personId}`;
    const writer = this.writers.get(key);
    if (!writer) return true;
    // The primary's clock after the write: what the replica shows from then on has it.
    if (writer.seen === undefined && begun > writer.wrote) writer.seen = askedAt.getTime();
    if (writer.seen === undefined || asOf.getTime() < writer.seen) {
      outcomes.inc({ outcome: 'writer' });
      return false;
    }
    this.writers.delete(key);
    return true;
  }

  /** What was asked there failed on its way, and is asked of the primary. */
  failed(): void {
    this.goneWithout('failed');
  }

  async close(): Promise<void> {
    await this.there?.then(database => database.close()).catch(() => undefined);
  }

  private async beginThere(tenantId: number, signal?: AbortSignal): Promise<Transaction> {
    this.there ??= this.connect();
    try {
      return await (await this.there).begin(tenantId, 'read', { signal });
    } catch (error) {
      if (!(await this.there.catch(() => undefined))) this.there = undefined; // it is connected anew
      throw error;
    }
  }

  private goneWithout(outcome: 'away' | 'failed' | 'promoted' | 'late' | 'structure'): undefined {
    outcomes.inc({ outcome });
    // One tenant's change is there in a moment; all else is no better for the next read.
    if (outcome !== 'structure') this.restsUntil = performance.now() + patience;
  }
}

const inTime = <T>(work: Promise<T>): Promise<T | undefined> => Promise.race([work, sleep(patience, undefined, { ref: false })]);
