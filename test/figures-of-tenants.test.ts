import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { startFigures } from '../cli/run/figures';
import { startExports } from '../subgraphs/reporting/exports/worker';
import { buildMissing, forgetEverything } from '../subgraphs/reporting/rollup/build';
import { foldAll } from '../subgraphs/reporting/rollup/fold';
import { everyFigure } from '../subgraphs/shared/metrics';
import { ask, finished } from './exports';
import { file, now, openGroupFiles, type GroupFiles } from './group-files';

const admin = { subject: 'admin', tenant: 'acme', roles: ['ORG_ADMIN'] };

let files: GroupFiles;
let end: () => Promise<void>;
beforeAll(async () => {
  // Nothing goes on in the background: what waits goes on waiting.
  files = await openGroupFiles(
    {
      key: 'acme',
      groups: { s1: 'school' },
      classes: { a1: {} },
      placements: { india: { a1: 's1', s1: null }, sap: { a1: 's1' } },
      people: { admin: ['ORG_ADMIN'], ann: ['LEARNER'] },
    },
    { background: false },
  );
  const { url } = files.gateway.database;
  const database = { ownerUrl: url, appUrl: url, stepDown: true, embedded: false, close: async () => undefined };
  const figures = await startFigures({ database, log: pino({ level: 'silent' }), every: 0 });
  end = () => figures.stop();
});
afterAll(async () => {
  await end();
  await files.close();
});

async function figures(): Promise<Record<string, number>> {
  const lines = (await everyFigure()).split('\n').filter(line => line.startsWith('strata_'));
  return Object.fromEntries(lines.map(line => [line.replace(/ \S+$/, ''), Number(line.split(' ').at(-1))]));
}

test('files in line are counted, and how long the oldest has been there', async () => {
  const [waiting, oldest] = ['strata_queue_waiting{queue="student_group_files"}', 'strata_queue_oldest_seconds{queue="student_group_files"}'];
  expect(await figures()).toMatchObject({ [waiting]: 0, [oldest]: 0 });
  await files.send(admin, file('Readers,s1,2026,All,,'));
  expect(await figures()).toMatchObject({ [waiting]: 1 });
  await files.send(admin, file('Writers,s1,2026,All,,'));
  expect(await figures()).toMatchObject({ [waiting]: 2 });
  // The test's clock stands at March 2026, when both were put in line.
  const before = (await figures())[oldest]!;
  expect(before).toBeGreaterThan((Date.now() - now.getTime()) / 1_000 - 60);
  await sleep(1_100);
  expect((await figures())[oldest]! - before).toBeGreaterThan(1);
  await files.send(admin, file('Bad,nowhere,2026,All,,'));
  expect(await figures()).toMatchObject({ [waiting]: 2 });
});

test('report files that are not finished are counted, and how long the oldest has been there', async () => {
  const [waiting, oldest] = ['strata_queue_waiting{queue="report_files"}', 'strata_queue_oldest_seconds{queue="report_files"}'];
  expect(await figures()).toMatchObject({ [waiting]: 0, [oldest]: 0 });
  const ids = [await ask(files, admin, { format: 'CSV' }), await ask(files, admin, { format: 'CSV' })];
  expect(await figures()).toMatchObject({ [waiting]: 2 });
  expect((await figures())[oldest]!).toBeGreaterThan((Date.now() - now.getTime()) / 1_000 - 60);
  await files.owner.transaction(files.tenant.number, 'write', tx =>
    tx.query(`update exports set status = 'PROCESSING' where tenant_id = $1 and id = (select min(id) from exports where tenant_id = $1)`, [tx.tenantId]));
  expect(await figures()).toMatchObject({ [waiting]: 2 });
  const { database } = files.gateway.service.subgraph('reporting');
  const worker = startExports({ database, now: () => now });
  for (const id of ids) await finished(files, admin, id);
  await worker.stop();
  expect(await figures()).toMatchObject({ [waiting]: 0, [oldest]: 0 });
});

test('changes that wait to be folded are counted, and stored sums that have yet to be made', async () => {
  // The cells, and each hierarchy in which something is placed.
  const behind = (await figures()).strata_stored_trees_behind!;
  expect(behind).toBe((await files.rows<{ n: string }>('select count(distinct hierarchy_id) as n from tree_nodes')).map(({ n }) => Number(n) + 1)[0]);
  expect(await figures()).toMatchObject({ strata_deltas_waiting: 0 });
  const events = ['2026-03-01', '2026-03-02', '2026-03-03'].map(day => ({
    ...{ eventId: day, classId: 'a1', userId: 'ann', occurredAt: `${day}T10:00:00Z`, score: 50 },
  }));
  expect((await files.gateway.send(admin, events)).body).toMatchObject({ accepted: 3 });
  expect(await figures()).toMatchObject({ strata_deltas_waiting: 3 });
  const { database } = files.gateway.service.subgraph('reporting');
  await database.transaction(2, 'write', buildMissing);
  await foldAll(database, 2);
  expect(await figures()).toMatchObject({ strata_deltas_waiting: 0, strata_stored_trees_behind: 0 });
  await database.transaction(2, 'write', forgetEverything);
  expect(await figures()).toMatchObject({ strata_stored_trees_behind: behind });
});
