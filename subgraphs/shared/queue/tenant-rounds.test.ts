import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, type TestDatabase } from '../../../test/database';
import { selectIdleMoments } from '../../../test/server.queries';
import { connectApplication, connectOwner, createTenant } from '../../../test/fixture';
import { platformTenant } from '../../../migrations/row-level-security';
import type { Database } from '../database/database';
import { leads } from '../database/led-task.queries';
import { startTenantRounds, type TenantRoundsParts } from './tenant-rounds';

let testDatabase: TestDatabase;
let database: Database;
let tenants: number[];

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  const owner = await connectOwner(testDatabase.url);
  tenants = [];
  for (const key of ['ann', 'ben', 'cem']) tenants.push((await createTenant(owner, { key })).number);
  await owner.close();
  database = await connectApplication(testDatabase.url);
});
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

const start = (parts: Partial<TenantRoundsParts>) =>
  startTenantRounds({
    ...{ database, task: 'weeks', first: 0, round: 20, work: async () => undefined },
    onError: error => {
      throw error;
    },
    ...parts,
  });

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(10);
}

test('each tenant has its turn in every round, one after the other, and the platform none', async () => {
  const seen: number[] = [];
  let atOnce = 0;
  let most = 0;
  const work = async (tenantId: number) => {
    most = Math.max(most, ++atOnce);
    await sleep(5);
    atOnce--;
    seen.push(tenantId);
  };
  const rounds = start({ work });
  await until(() => seen.length >= 7);
  await rounds.stop();
  expect([most, seen.slice(0, 6)]).toEqual([1, [...tenants, ...tenants]]);
});

test('leading keeps nothing from being cleared away, however long a tenant takes', async () => {
  const found: string[][] = [];
  const work = async () => void found.push(await selectIdleMoments(testDatabase.adminUrl));
  const rounds = start({ work });
  await until(() => found.length >= tenants.length);
  await rounds.stop();
  expect(found.flat()).toEqual([]);
});

test('a tenant for which it fails takes nothing from the others, and has its turn in the next round', async () => {
  const seen: number[] = [];
  const errors: unknown[] = [];
  const work = async (tenantId: number) => {
    seen.push(tenantId);
    if (tenantId === tenants[0]) throw new Error('not today');
  };
  const rounds = start({ work, onError: error => errors.push(error) });
  await until(() => seen.length >= 5);
  await rounds.stop();
  expect(seen.slice(0, 4)).toEqual([...tenants, tenants[0]]);
  expect([...new Set(errors.map(String))]).toEqual(['Error: not today']);
});

test('while another process leads in the same task, this one goes by', async () => {
  const seen = { weeks: 0, figures: 0 };
  await database.transaction(platformTenant, 'write', async leading => {
    expect(await leads(leading, 'weeks')).toBe(true);
    const led = start({ work: async () => void seen.weeks++ });
    const other = start({ task: 'figures', work: async () => void seen.figures++ });
    await until(() => seen.figures >= 2 * tenants.length);
    await Promise.all([led.stop(), other.stop()]);
  });
  expect(seen.weeks).toBe(0);
});

test('stopped, it waits for the tenant under way, which is told, and goes to no other', async () => {
  const seen: number[] = [];
  const work = async (tenantId: number, stopped: () => boolean) => {
    seen.push(tenantId);
    await until(stopped);
    seen.push(-tenantId);
  };
  const rounds = start({ work });
  await until(() => seen.length > 0);
  await rounds.stop();
  expect(seen).toEqual([tenants[0], -tenants[0]!]);
});
