import { hash, pick, Random } from '../cli/generate/random';
import { place } from '../subgraphs/hierarchy/placements/place';
import { selectHierarchiesByKey } from '../subgraphs/hierarchy/hierarchies/hierarchy.queries';
import type { Receipt } from '../subgraphs/reporting/ingest/ingest';
import { recordEvents } from '../subgraphs/reporting/ingest/record';
import { buildEverything, buildHierarchy } from '../subgraphs/reporting/rollup/build';
import { foldAll, foldFor, foldSome } from '../subgraphs/reporting/rollup/fold';
import { sealSome } from '../subgraphs/reporting/rollup/seal';
import type { Database, Transaction } from '../subgraphs/shared/database/database';
import { Problem } from '../subgraphs/shared/errors';
import { publicId } from '../subgraphs/shared/identifiers';
import { adminOf } from './admin-of';
import type { TenantFixture } from './fixture';
import { selectThings, type Things } from './restless-tenant.queries';

/** The moment at which all of a restless tenant's events are accepted. */
export const now = new Date('2026-03-20T12:00:00Z');
export const hierarchies = ['india', 'us'] as const;

const classNames = Array.from({ length: 14 }, (_, index) => `class${index}`);
const learners = Array.from({ length: 8 }, (_, index) => `learner${index}`);

const spread = (names: string[], parents: string[]): Record<string, string> =>
  Object.fromEntries(names.map((name, index) => [name, parents[index % parents.length]!]));

/**
 * A tenant made to be moved about: two hierarchies over the same classes, ragged, with groups that hang nowhere and
 * roots that can come and go.
 */
export const restlessTenant = (key: string): TenantFixture => ({
  key,
  groups: {
    ...{ land: 'country', island: 'country', north: 'state', south: 'state', far: 'state' },
    ...{ d0: 'district', d1: 'district', d2: 'district', d3: 'district' },
    ...{ sd0: 'school_district', sd1: 'school_district', b0: 'block', c0: 'cluster' },
    ...{ s0: 'school', s1: 'school', s2: 'school', s3: 'school', s4: 'school', s5: 'school' },
  },
  classes: Object.fromEntries(classNames.map((name, index) => [name, { active: index % 5 !== 4 }])),
  placements: {
    india: {
      ...{ north: 'land', south: 'land', d0: 'north', d1: 'north', d2: 'south', d3: 'island', b0: 'd0', c0: 'b0' },
      ...{ s0: 'c0', s1: 'd0', s2: 'd1', s3: 'd2', s4: 'south', s5: 'd3' },
      ...spread(classNames.slice(0, 12), ['s0', 's1', 's2', 's3', 's4', 's5', 'd1', 'land']),
    },
    us: {
      ...{ north: 'land', far: 'island', sd0: 'north', sd1: 'far' },
      ...{ s0: 'sd0', s1: 'sd0', s2: 'sd1', s3: 'far', s4: 'land' },
      ...spread(classNames.slice(3), ['s0', 's1', 's2', 's3', 's4', 'sd1']),
    },
  },
  people: { admin: ['ORG_ADMIN'], ...Object.fromEntries(learners.map(name => [name, ['LEARNER' as const]])) },
});

export interface SentEvent {
  eventId: string;
  classId: string;
  userId: string;
  occurredAt: string;
  score: number | null;
  secondsSpent: number | null;
  kind: 'ASSESSMENT' | 'COLLECTION';
  subject: string | null;
}

/** The event with a number: always the same, whoever makes it. */
export function eventOf(number: number): SentEvent {
  const at = (purpose: number) => hash(number, purpose);
  const day = new Date(Date.UTC(2026, 0, 20 + (at(1) % 55))).toISOString().slice(0, 10);
  return {
    eventId: `event-${number}`,
    classId: pick(classNames, at(2)),
    userId: pick(learners, at(3)),
    occurredAt: `${day}T${String(at(4) % 24).padStart(2, '0')}:15:00Z`,
    score: at(5) % 4 === 0 ? null : (at(6) % 10_001) / 100,
    secondsSpent: at(7) % 3 === 0 ? null : at(8) % 900,
    kind: at(9) % 2 ? 'ASSESSMENT' : 'COLLECTION',
    subject: pick([null, 'Maths', 'Science'], at(10)),
  };
}

export const eventsOf = (first: number, count: number): SentEvent[] =>
  Array.from({ length: count }, (_, index) => eventOf(first + index));

export interface Move {
  hierarchy: string;
  kind: 'group' | 'class';
  child: number;
  parent: number | null;
}

/** What happens to a restless tenant, one transaction each. */
export class RestlessTenant {
  private constructor(
    private readonly database: Database,
    readonly tenantId: number,
    private readonly things: Things,
  ) {}

  static async open(database: Database, tenantId: number): Promise<RestlessTenant> {
    return new RestlessTenant(database, tenantId, await database.transaction(tenantId, 'read', selectThings));
  }

  private write<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.database.transaction(this.tenantId, 'write', work);
  }

  /** As POST /events does it: few share a transaction with those that are sent at the same time. */
  send(events: readonly SentEvent[]): Promise<Receipt> {
    const caller = adminOf({ number: this.tenantId, key: 'restless', people: new Map() });
    return recordEvents({ database: this.database, caller }, { events, now });
  }

  fold(): Promise<number> {
    return this.write(foldSome);
  }

  /** As the folder does it in a turn; returns how many. */
  async foldInTurn(): Promise<number> {
    return (await foldFor(this.database, this.tenantId, { times: 4 })).folded;
  }

  foldAll(): Promise<number> {
    return foldAll(this.database, this.tenantId);
  }

  /** Lays out some more of the months that were over at `at`; returns whether it found any. */
  seal(at: Date, most = 5): Promise<boolean> {
    return this.write(tx => sealSome(tx, { now: at, most }));
  }

  build(what: 'everything' | (typeof hierarchies)[number]): Promise<void> {
    return this.write(async tx => {
      if (what === 'everything') return buildEverything(tx);
      const [hierarchy] = await selectHierarchiesByKey(tx, [what]);
      return buildHierarchy(tx, hierarchy!.id);
    });
  }

  /** Something to be placed somewhere; not all of it is possible. */
  randomMove(random: Random): Move {
    const hierarchy = random.below(2) === 0 ? 'india' : 'us';
    const kind = random.below(2) === 0 ? 'group' : 'class';
    const from = kind === 'group' ? this.things.groups : this.things.classes;
    const out = random.below(8) === 0;
    return {
      hierarchy,
      kind,
      child: from[random.below(from.length)]!.number,
      parent: out ? null : this.things.groups[random.below(this.things.groups.length)]!.number,
    };
  }

  /** Whether it was done; false where it would not have made a tree. */
  async move({ hierarchy, kind, child, parent }: Move): Promise<boolean> {
    const ids = { childId: publicId(kind, child), parentId: parent === null ? null : publicId('group', parent) };
    try {
      await this.write(tx => place(tx, { hierarchyKey: hierarchy, ...ids }));
      return true;
    } catch (error) {
      if (error instanceof Problem) return false;
      throw error;
    }
  }
}
