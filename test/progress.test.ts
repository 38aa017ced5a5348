import request from 'supertest';
import { buildMissing, forgetStoredLevels } from '../subgraphs/reporting/rollup/build';
import { progressTeller } from '../subgraphs/reporting/rollup/build-progress';
import { lockBuild } from '../subgraphs/reporting/rollup/build-progress.queries';
import { startGuardedTenants, type GuardedTenants } from './guarded-tenants';
import { selectHierarchyNumbers } from './fixture.queries';

let world: GuardedTenants;
beforeAll(async () => {
  world = await startGuardedTenants();
});
afterAll(async () => {
  await world.gateway.close();
  expect(world.gateway.bugs).toEqual([]);
});

const asked = '{ buildProgress { step done steps startedAt } }';
const startedAt = new Date('2026-03-20T12:00:00Z');
const reporting = () => world.gateway.service.subgraph('reporting').database;

describe('buildProgress', () => {
  const read = async (person = 'admin') => (await world.gateway.read(world.as(person), asked)).buildProgress;

  test('tells an administrator of the tenant how far the build is, while it goes on, and nobody else', async () => {
    expect(await read()).toBeNull();
    await reporting().transaction(world.acme.number, 'write', async tx => {
      await lockBuild(tx);
      const teller = progressTeller(reporting(), { tenantId: world.acme.number, startedAt });
      teller.tell('cells', 0, 3);
      teller.tell('india', 1, 3);
      await teller.written();
      expect(await read()).toEqual({ step: 'india', done: 1, steps: 3, startedAt: startedAt.toISOString() });
      for (const person of ['northerner', 'partner', 'teacher', 'learner']) {
        expect(await world.gateway.codes(world.as(person), asked)).toEqual(['FORBIDDEN']);
      }
      const rival = await world.gateway.read({ ...world.as('admin'), tenant: 'rival' }, asked);
      expect(rival.buildProgress).toBeNull();
    });
  });

  test('a build that was killed is not taken for one that goes on', async () => {
    expect(await read()).toBeNull();
  });

  test('a hierarchy that is built in the background tells each of its steps', async () => {
    const told: unknown[] = [];
    await reporting().transaction(world.acme.number, 'write', async tx => {
      const india = (await selectHierarchyNumbers(tx)).get('india')!;
      await forgetStoredLevels(tx, india);
      await buildMissing(tx, { progress: (...step) => told.push(step) });
    });
    expect(told).toEqual([['india', 0, 1], ['done', 1, 1]]);
  });
});

describe('/metrics', () => {
  const figures = async (): Promise<Record<string, number>> => {
    const { text } = await request(world.gateway.app).get('/metrics').expect(200).expect('content-type', /^text\/plain/);
    return Object.fromEntries(
      text.split('\n').filter(line => line.startsWith('strata_')).map(line => [line.replace(/ \S+$/, ''), Number(line.split(' ').at(-1))]),
    );
  };

  test('counts what became of activity, and what was folded of it', async () => {
    const before = await figures();
    const events = ['m1', 'm2', 'm2', 'm3'].map((eventId, n) => ({
      ...{ eventId, userId: 'ann', score: 50, occurredAt: '2026-03-02T10:00:00Z' },
      classId: n === 3 ? 'nowhere' : 'a1',
    }));
    await world.gateway.send(world.as('admin'), events);
    let after = await figures();
    for (let wait = 0; wait < 100 && (after.strata_deltas_folded_total === before.strata_deltas_folded_total || after.strata_build_steps! > 0); wait++) {
      await new Promise(resolve => setTimeout(resolve, 50));
      after = await figures();
    }
    const grown = (name: string) => after[name]! - (before[name] ?? 0);
    const outcomes = ['accepted', 'duplicate', 'rejected'].map(outcome => grown(`strata_events_total{outcome="${outcome}"}`));
    expect(outcomes).toEqual([2, 1, 1]);
    expect(grown('strata_deltas_folded_total')).toBe(1); // both of one class, day and context
    expect(grown('strata_ingest_seconds_count')).toBe(1);
    expect(after).toMatchObject({ strata_fold_tenants_waiting: 0, strata_fold_lag_seconds: 0, strata_build_steps: 0 });
  });

  test('names no tenant, class or person', async () => {
    const { text } = await request(world.gateway.app).get('/metrics');
    for (const name of ['acme', 'rival', 'a1', 'ann', 'admin']) expect(text).not.toMatch(new RegExp(`\\b${name}\\b`));
  });
});
