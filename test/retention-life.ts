import { purgeAll } from '../cli/run/purge';
import { Random } from '../cli/generate/random';
import { figureLoaders } from '../subgraphs/reporting/rollup/figures.loader';
import { ingest, type Receipt } from '../subgraphs/reporting/ingest/ingest';
import { verify, type Verdict } from '../subgraphs/reporting/rollup/verify';
import type { Sums } from '../subgraphs/reporting/rollup/sums';
import type { Database } from '../subgraphs/shared/database/database';
import { Session } from '../subgraphs/shared/database/session';
import type { Period } from '../subgraphs/shared/period';
import { updateTimes, type RetentionTimes } from '../subgraphs/shared/retention/retention.queries';
import { adminOf } from './admin-of';
import { createTenant, type KnownTenant } from './fixture';
import { restlessTenant, RestlessTenant, type SentEvent } from './restless-tenant';

export const dayOf = (moment: Date | string): string => new Date(moment).toISOString().slice(0, 10);
export const daysLater = (moment: Date, days: number): Date => new Date(moment.getTime() + days * 86_400_000);

const silent = { info: () => undefined, warn: () => undefined };

/** What a node shows. */
export type Shown = Sums & { scored: number; timed: number; subjects: string[] };

interface Accepted extends SentEvent {
  /** The day on which it was accepted. */
  on: string;
}

/**
 * A restless tenant whose clock goes on, and beside it a plain list of what must still be seen: an event is gone for ever
 * once nothing of its day has been accepted for longer than figures are kept.
 */
export class RetentionLife {
  private accepted: Accepted[] = [];
  now: Date;

  private constructor(
    private readonly databases: { owner: Database; application: Database },
    { tenant, restless }: { tenant: KnownTenant; restless: RestlessTenant },
    { figureDays, now }: { figureDays: number; now: Date },
  ) {
    this.tenant = tenant;
    this.restless = restless;
    this.figureDays = figureDays;
    this.now = now;
  }

  readonly tenant: KnownTenant;
  readonly restless: RestlessTenant;
  private readonly figureDays: number;

  static async begin(
    databases: { owner: Database; application: Database },
    { key, times, now }: { key: string; times: Partial<RetentionTimes> & { figureDays: number }; now: Date },
  ): Promise<RetentionLife> {
    const tenant = await createTenant(databases.owner, restlessTenant(key));
    await databases.application.transaction(tenant.number, 'write', tx => updateTimes(tx, times));
    const restless = await RestlessTenant.open(databases.application, tenant.number);
    return new RetentionLife(databases, { tenant, restless }, { figureDays: times.figureDays, now });
  }

  /** Sends events; what was taken in is known. */
  async send(events: readonly SentEvent[]): Promise<Receipt> {
    const receipt = await this.databases.application.transaction(this.tenant.number, 'activity', tx =>
      ingest(tx, events, { now: this.now, ids: 'external' }),
    );
    const refused = new Set(receipt.rejected.map(({ eventId }) => eventId));
    const known = new Set(this.accepted.map(({ eventId }) => eventId));
    const taken = events.filter(({ eventId }) => !refused.has(eventId) && !known.has(eventId));
    if (taken.length !== receipt.accepted) throw new Error(`${receipt.accepted} accepted, ${taken.length} expected`);
    this.accepted.push(...taken.map(event => ({ ...event, on: dayOf(this.now) })));
    return receipt;
  }

  /** The clock goes on, and what expires by it is forgotten. */
  goOn(days: number): void {
    this.now = daysLater(this.now, days);
    const last = new Map<string, string>();
    for (const { occurredAt, on } of this.accepted) {
      const day = dayOf(occurredAt);
      if (on > (last.get(day) ?? '')) last.set(day, on);
    }
    const firstKept = dayOf(daysLater(this.now, -this.figureDays));
    this.accepted = this.accepted.filter(({ occurredAt }) => last.get(dayOf(occurredAt))! >= firstKept);
  }

  purge(most?: number): Promise<boolean> {
    return purgeAll(this.databases.owner, { now: this.now, log: silent, ...(most === undefined ? {} : { most }) });
  }

  verify(): Promise<Verdict> {
    return this.databases.application.transaction(this.tenant.number, 'read', tx => verify(tx));
  }

  /** What must be seen of some classes over a period. */
  expected(classNames: readonly string[], { from, through }: Period): Shown {
    const events = this.accepted.filter(event => {
      const day = dayOf(event.occurredAt);
      return classNames.includes(event.classId) && day >= from && day <= through;
    });
    const seconds = (kind: string) => events.reduce((sum, event) => sum + (event.kind === kind ? (event.secondsSpent ?? 0) : 0), 0);
    const scored = events.filter(({ score }) => score !== null);
    const counted = events.filter(({ score, secondsSpent }) => score !== null || (secondsSpent ?? 0) > 0);
    return {
      scoreSum: scored.reduce((sum, { score }) => sum + Math.round(score! * 10_000), 0),
      attempts: scored.length,
      collectionSeconds: seconds('COLLECTION'),
      assessmentSeconds: seconds('ASSESSMENT'),
      scored: new Set(scored.map(({ userId }) => userId)).size,
      subjects: [...new Set(counted.flatMap(({ subject }) => subject ?? []))].sort(),
      timed: new Set(events.filter(({ secondsSpent }) => (secondsSpent ?? 0) > 0).map(({ userId }) => userId)).size,
    };
  }

  /** What every node shows of periods, through a hierarchy. */
  async shown(hierarchyKey: string, periods: readonly Period[]): Promise<Map<string, Shown[]>> {
    const { tenant, now } = this;
    const caller = adminOf(tenant);
    const session = new Session(this.databases.application, tenant.number);
    try {
      const loaders = figureLoaders({ caller, session, now });
      const ids = [tenant.id, tenant.otherId, ...[...tenant.groups.keys(), ...tenant.classes.keys()].map(name => tenant.nodeId(name))];
      const found = new Map<string, Shown[]>();
      for (const id of ids) {
        const node = await loaders.nodes.node({ id, hierarchyKey });
        if (!node) continue;
        const shown = periods.map(async period => {
          const key = { node, period, filter: {} };
          const { subjects } = await loaders.filterValues.load(key);
          return { ...(await loaders.figures.load(key)).sums, ...(await loaders.learners.load(key)), subjects };
        });
        found.set(id, await Promise.all(shown));
      }
      return found;
    } finally {
      await session.close();
    }
  }
}

/** Something that happened some days before a moment. */
export function eventBefore(random: Random, number: number, now: Date, longest: number): SentEvent {
  const kind = random.below(2) === 0 ? 'ASSESSMENT' : 'COLLECTION';
  return {
    eventId: `event-${number}`,
    classId: `class${random.below(14)}`,
    userId: `learner${random.below(8)}`,
    occurredAt: new Date(now.getTime() - random.below(longest * 24) * 3_600_000).toISOString(),
    score: random.below(4) === 0 ? null : random.below(10_001) / 100,
    secondsSpent: random.below(3) === 0 ? null : random.below(900),
    ...{ kind, subject: random.below(2) === 0 ? null : 'Maths' },
  };
}
