import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../cli/postgres';
import { figureLoaders } from '../subgraphs/reporting/rollup/figures.loader';
import { noSums, type Sums } from '../subgraphs/reporting/rollup/sums';
import { verify } from '../subgraphs/reporting/rollup/verify';
import { Database, type Transaction } from '../subgraphs/shared/database/database';
import { migrate } from '../subgraphs/shared/database/migrate';
import { Session } from '../subgraphs/shared/database/session';
import { publicId } from '../subgraphs/shared/identifiers';
import { CrashWorker } from './crash-child';
import { connectOwner, createTenant, type KnownTenant } from './fixture';
import { eventOf, eventsOf, hierarchies, restlessTenant, RestlessTenant, type SentEvent } from './restless-tenant';
import { selectFirstLevels, selectPlacements, selectStuckSessions, type Placement } from './restless-tenant.queries';

/** How often something is killed: 5 times, or as often as STRATA_CRASHES says. */
export const crashes = Number(process.env.STRATA_CRASHES ?? 5);

/** A PostgreSQL of its own that keeps what it acknowledges (fsync is on), and a restless tenant in it. */
export class CrashScene {
  private server!: EmbeddedPostgres;
  private tenant!: KnownTenant;
  private watch!: ChildProcess;
  private readonly workers: CrashWorker[] = [];
  private readonly dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-crash-'));
  /** Every event that a worker began to send, by its number. */
  private readonly begun = new Set<number>();
  private readonly checkedSends = new Map<CrashWorker, number>();
  private readonly checkedMoves = new Map<CrashWorker, number>();
  private placements: Placement[] = [];
  private next = 0;

  async open(): Promise<void> {
    // As root the server runs as another, who must be able to pass.
    fs.chmodSync(this.dataDir, 0o755);
    // When jest is killed, nobody calls `close`.
    const script = path.join(__dirname, 'outlive-jest.js');
    this.watch = spawn(process.execPath, [script, this.dataDir], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    await this.startServer();
    await migrate(this.server.url);
    const owner = await connectOwner(this.server.url);
    this.tenant = await createTenant(owner, restlessTenant('crashing'));
    await owner.close();
    await this.withDatabase(async database => {
      const tenant = await RestlessTenant.open(database, this.tenant.number);
      await tenant.send(this.take(eventsOf(0, 200)));
      await tenant.build('everything');
      this.placements = await database.transaction(this.tenant.number, 'read', selectPlacements);
    });
  }

  async close(): Promise<void> {
    for (const worker of this.workers) await worker.kill();
    await this.server?.stop();
    fs.rmSync(this.dataDir, { recursive: true, force: true });
    this.watch?.kill();
  }

  async startServer(): Promise<void> {
    this.server = await startEmbeddedPostgres({ dataDir: this.dataDir });
  }

  /** PostgreSQL ends between two instructions, without a word to anyone. */
  async killServer(): Promise<void> {
    process.kill(this.server.pid, 'SIGKILL');
  }

  /** A worker that has begun all it has to do. */
  async startWorker(seed: number): Promise<CrashWorker> {
    const { url } = this.server;
    const worker = new CrashWorker({ url, tenantId: this.tenant.number, seed, firstEvent: this.next });
    this.workers.push(worker);
    await worker.does(1);
    return worker;
  }

  private take(events: SentEvent[]): SentEvent[] {
    for (const { eventId } of events) {
      const number = Number(eventId.slice('event-'.length));
      this.begun.add(number);
      this.next = Math.max(this.next, number + 1);
    }
    return events;
  }

  /** What a worker has had acknowledged since the last time is there: sent again, every event is known. */
  async expectAcknowledgedKept(worker: CrashWorker): Promise<void> {
    const { acknowledged } = worker;
    const unchecked = acknowledged.slice(this.checkedSends.get(worker) ?? 0);
    const events = unchecked.flatMap(([first, count]) => eventsOf(first, count));
    this.checkedSends.set(worker, acknowledged.length);
    await this.withTenant(async tenant => {
      for (let from = 0; from < events.length; from += 2_000) {
        const some = events.slice(from, from + 2_000);
        expect(await tenant.send(some)).toEqual({ accepted: 0, duplicates: some.length, rejected: [] });
      }
    });
  }

  /** The moves a worker was told are done are done, and no other; of the last one either may be true. */
  async expectMovesKept(worker: CrashWorker): Promise<void> {
    const now = await this.read(selectPlacements);
    const keyOf = ({ hierarchy, kind, child }: Placement) => `${hierarchy} ${kind} ${child}`;
    const parents = (placements: Placement[]) => new Map(placements.map(one => [keyOf(one), one.parent]));
    const expected = parents(this.placements);
    const found = parents(now);
    for (const { move, done } of worker.moves.slice(this.checkedMoves.get(worker) ?? 0)) {
      const isThere = (found.get(keyOf(move)) ?? null) === move.parent;
      if (done === false || (done === null && !isThere)) continue;
      if (move.parent === null) expected.delete(keyOf(move));
      else expected.set(keyOf(move), move.parent);
    }
    this.checkedMoves.set(worker, worker.moves.length);
    this.placements = now;
    expect([...found].sort()).toEqual([...expected].sort());
  }

  /** Nothing stored differs from what it was made from, be it in the middle of other work. */
  async expectSound(): Promise<void> {
    expect((await this.read(tx => verify(tx))).differences).toEqual([]);
  }

  /** Everything can be done again at once, and soon no session is left in the middle of anything. */
  async expectNothingStuck(): Promise<void> {
    await this.withDatabase(async database => {
      const stuck = () => database.transaction(this.tenant.number, 'read', selectStuckSessions);
      for (let waited = 0; (await stuck()).length > 0 && waited < 10_000; waited += 20) await sleep(20);
      expect(await stuck()).toEqual([]);
      const tenant = await RestlessTenant.open(database, this.tenant.number);
      await tenant.fold();
      await tenant.build('everything');
    });
  }

  /** What was sent without an answer is sent again; then each event counts once, at every node of every hierarchy. */
  async expectEveryEventCountedOnce(...workers: CrashWorker[]): Promise<void> {
    for (const worker of workers) {
      const events = worker.begun.flatMap(([first, count]) => eventsOf(first, count));
      this.take(events);
      await this.withTenant(async tenant => {
        await tenant.foldAll(); // nobody folds beside this any more, and too much that waits is refused
        for (let from = 0; from < events.length; from += 2_000) {
          expect((await tenant.send(events.slice(from, from + 2_000))).rejected).toEqual([]);
        }
      });
    }
    await this.expectSound();
    await this.expectNodesExact();
    await this.expectNothingStuck();
    await this.expectSound();
    await this.expectNodesExact();
  }

  /** Every node as a report reads it, compared with the events counted by hand along the placements. */
  private async expectNodesExact(): Promise<void> {
    await this.withDatabase(async database => {
      const placements = await database.transaction(this.tenant.number, 'read', selectPlacements);
      const first = await database.transaction(this.tenant.number, 'read', selectFirstLevels);
      const events = [...this.begun].map(eventOf);
      for (const hierarchy of hierarchies) {
        const placed = placements.filter(placement => placement.hierarchy === hierarchy);
        const above = this.climber(placed, first.get(hierarchy)!);
        for (const period of periods) {
          const expected = new Map<string, Sums>();
          for (const event of events) {
            const day = event.occurredAt.slice(0, 10);
            if (day < period.from || day > period.through) continue;
            for (const node of above(event.classId)) expected.set(node, plus(expected.get(node) ?? noSums, event));
          }
          expect(await this.reported(database, { hierarchy, period, nodes: [...expected.keys()] })).toEqual(expected);
        }
      }
    });
  }

  /** The ids of the nodes in which a class counts: itself, what is above it or 'other', and the tenant. */
  private climber(placements: Placement[], firstType: string): (klass: string) => string[] {
    const parents = (kind: string) =>
      new Map(placements.filter(one => one.kind === kind).map(one => [one.child, one.parent]));
    const [ofClass, ofGroup] = [parents('class'), parents('group')];
    const named = Object.entries(restlessTenant('').groups!);
    const types = new Map(named.map(([name, type]) => [this.tenant.groups.get(name)!, type]));
    return klass => {
      const number = this.tenant.classes.get(klass)!;
      const way: number[] = [];
      for (let at = ofClass.get(number) ?? null; at !== null; at = ofGroup.get(at) ?? null) way.push(at);
      const connected = way.length > 0 && types.get(way.at(-1)!) === firstType;
      const up = connected ? way.map(group => publicId('group', group)) : [this.tenant.otherId];
      return [publicId('class', number), ...up, this.tenant.id];
    };
  }

  private async reported(
    database: Database,
    { hierarchy, period, nodes }: { hierarchy: string; period: (typeof periods)[number]; nodes: string[] },
  ): Promise<Map<string, Sums>> {
    const { number: tenantId } = this.tenant;
    const caller = {
      ...{ tenantId, personId: 0, tenantExternalId: 'crashing', tenantName: 'Crashing', login: 'admin' },
      ...{ roles: new Set(['ORG_ADMIN'] as const), permissions: [], tenantWide: true, actsForPlatform: false },
    };
    const session = new Session(database, tenantId);
    try {
      const loaders = figureLoaders({ caller, session, now: new Date() });
      const read = nodes.map(async (id): Promise<[string, Sums]> => {
        const node = (await loaders.nodes.node({ id, hierarchyKey: hierarchy }))!;
        return [id, (await loaders.figures.load({ node, period, filter: {} })).sums];
      });
      return new Map(await Promise.all(read));
    } finally {
      await session.close();
    }
  }

  private async withDatabase<T>(work: (database: Database) => Promise<T>): Promise<T> {
    const database = await Database.connect({ url: this.server.url, stepDown: true, entities: [], poolSize: 2 });
    try {
      return await work(database);
    } finally {
      await database.close();
    }
  }

  private read<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.withDatabase(database => database.transaction(this.tenant.number, 'read', work));
  }

  private withTenant<T>(work: (tenant: RestlessTenant) => Promise<T>): Promise<T> {
    return this.withDatabase(async database => work(await RestlessTenant.open(database, this.tenant.number)));
  }
}

const periods = [
  { from: '2026-01-01', through: '2026-03-31' },
  { from: '2026-01-28', through: '2026-03-04' },
];

const plus = (sums: Sums, { score, secondsSpent, kind }: SentEvent): Sums => ({
  scoreSum: sums.scoreSum + (score === null ? 0 : Math.round(score * 10_000)),
  attempts: sums.attempts + (score === null ? 0 : 1),
  collectionSeconds: sums.collectionSeconds + (kind === 'COLLECTION' ? (secondsSpent ?? 0) : 0),
  assessmentSeconds: sums.assessmentSeconds + (kind === 'ASSESSMENT' ? (secondsSpent ?? 0) : 0),
});
