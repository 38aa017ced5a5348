import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { createTestDatabase, type TestDatabase } from '../../test/database';
import { connectOwner } from '../../test/fixture';
import { metrics } from '../../subgraphs/shared/metrics';
import { startMaintenance } from './maintenance';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

async function failed(): Promise<Record<string, number>> {
  const { values } = await metrics.getSingleMetric('strata_maintenance_failures_total')!.get();
  return Object.fromEntries(values.map(({ labels, value }) => [String(labels.work), value]));
}

test('work of the leader that fails is told in the log and in the figures, and the rest of it goes on', async () => {
  expect(await failed()).toEqual({ partitions: 0, purge: 0, erasure: 0 });
  const owner = await connectOwner(database.url);
  await owner.transaction(1, 'write', tx => tx.query('alter table retention_settings rename to out_of_the_way'));
  await owner.close();
  const lines: string[] = [];
  const log = pino({ level: 'warn' }, { write: line => void lines.push(line) });
  const maintenance = await startMaintenance({ database: { ownerUrl: database.directUrl }, log, every: 50 });
  while ((await failed()).purge! < 2) await sleep(10);
  await maintenance.stop();
  expect(await failed()).toMatchObject({ partitions: 0 });
  expect(lines.join('')).toMatch(/what has expired could not be purged/);
});
