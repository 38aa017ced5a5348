import { setTimeout as sleep } from 'node:timers/promises';
import { lockMaking, selectInLine } from '../subgraphs/reporting/exports/making.queries';
import { startExports } from '../subgraphs/reporting/exports/worker';
import { isUnavailable } from '../subgraphs/shared/errors';
import { ask, download, fileOf, finished, period, readCsv, readPdf, requestExport, statusOf } from './exports';
import { now, openGroupFiles, type GroupFiles } from './group-files';
import type { Asker } from './start-gateway';

const admin: Asker = { subject: 'admin', tenant: 'acme', roles: ['ORG_ADMIN'] };
const officer: Asker = { subject: 'officer', tenant: 'acme', roles: ['OFFICER'] };

let world: GroupFiles;
beforeAll(async () => {
  world = await openGroupFiles(
    {
      key: 'acme',
      groups: { land: 'country', s1: 'school' },
      classes: { a: {}, b: {} },
      placements: { india: { land: null, s1: 'land', a: 's1', b: 's1' } },
      people: { admin: ['ORG_ADMIN'], officer: ['OFFICER'] },
      grants: { officer: ['s1'] },
    },
    { background: false },
  );
});
afterAll(async () => {
  expect(world.gateway.bugs).toEqual([]);
  await world.close();
});

const database = () => world.gateway.service.subgraph('reporting').database;
const work = (more: object = {}) => startExports({ database: database(), now: () => now, round: 50, ...more });
const remove = (who: Asker, id: string) => world.gateway.read(who, `mutation { removeExport(id: "${id}") { id } }`);

test('files wait until somebody makes them, and several workers make each of them once', async () => {
  const ids = await Promise.all(Array.from({ length: 5 }, () => ask(world, admin, { format: 'CSV' })));
  expect(await statusOf(world, admin, ids[0]!)).toMatchObject({ status: 'PENDING', downloadUrl: null, progress: { done: 0, total: null } });
  expect((await download(world, admin, ids[0]!)).status).toBe(404);
  const errors: unknown[] = [];
  const workers = [1, 2, 3].map(() => work({ onError: (error: unknown) => errors.push(error) }));
  for (const id of ids) {
    expect(await finished(world, admin, id)).toMatchObject({
      status: 'COMPLETED', asOf: now.toISOString(), rows: 3, progress: { done: 3, total: 3, share: 1 }, downloadUrl: `/exports/${id}/file`,
    });
  }
  await Promise.all(workers.map(worker => worker.stop()));
  expect(await world.rows('select distinct tries from exports')).toEqual([{ tries: 1 }]);
  expect(await world.rows('select count(*)::int as chunks from export_chunks')).toEqual([{ chunks: 5 }]);
  expect(errors).toEqual([]);
  for (const id of ids) await remove(admin, id);
});

test('more than five unfinished files of one person are refused, at once too; others still ask', async () => {
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => world.gateway.ask(admin, requestExport, { input: { format: 'CSV', period } })),
  );
  expect(answers.filter(({ errors }) => errors.length === 0)).toHaveLength(5);
  expect(answers.flatMap(({ errors }) => errors.map(({ extensions }) => extensions!.code))).toEqual(Array(3).fill('RATE_LIMITED'));
  const theirs = await ask(world, officer, { format: 'CSV' });
  const { exports } = await world.gateway.read(admin, `{ exports(first: 2) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } }`);
  expect(exports).toMatchObject({ totalCount: 5, pageInfo: { hasNextPage: true } });
  const next = await world.gateway.read(admin, `query ($after: String) { exports(after: $after) { nodes { id } pageInfo { hasNextPage } } }`, {
    after: exports.pageInfo.endCursor,
  });
  expect([next.exports.nodes.length, next.exports.pageInfo.hasNextPage]).toEqual([3, false]);
  for (const { id } of [...exports.nodes, ...next.exports.nodes] as { id: string }[]) await remove(admin, id);
  await remove(officer, theirs);
});

test('a file is made with the rights its requester has when it is made, and says why it is not', async () => {
  const id = await ask(world, officer, { format: 'CSV', nodeId: world.tenant.nodeId('s1') });
  const grant = `userId: "${world.tenant.personId('officer')}", groupId: "${world.tenant.nodeId('s1')}"`;
  await world.gateway.read(admin, `mutation { revokeAccess(${grant}) { userId } }`);
  const worker = work();
  expect(await finished(world, officer, id)).toMatchObject({
    status: 'FAILED', reason: 'You may not see this node: not all of its classes are granted to you.', downloadUrl: null, bytes: null,
  });
  expect((await statusOf(world, officer, id))!.expiresAt).not.toBeNull();
  expect((await download(world, officer, id)).status).toBe(404);
  await world.gateway.read(admin, `mutation { grantAccess(${grant}) { userId } }`);
  await worker.stop();
  await remove(officer, id);
});

test('whoever is gone when it is made gets no file, and one that was removed is not made', async () => {
  const removed = await ask(world, admin, { format: 'CSV' });
  await remove(admin, removed);
  const id = await ask(world, officer, { format: 'CSV', nodeId: world.tenant.nodeId('s1') });
  const set = (deleted: string) => world.owner.transaction(world.tenant.number, 'write', tx =>
    tx.query(`update people set deleted_at = ${deleted} where tenant_id = $1 and external_id = 'officer'`, [tx.tenantId]));
  await set('now()');
  const worker = work();
  for (let status = ''; status !== 'FAILED'; await sleep(20)) {
    [{ status }] = (await world.rows<{ status: string }>('select status from exports')) as [{ status: string }];
  }
  await set('null');
  expect(await statusOf(world, officer, id)).toMatchObject({ reason: 'Whoever asked for this file is not there any more.' });
  expect(await statusOf(world, admin, removed)).toBeNull();
  await worker.stop();
  await remove(officer, id);
});

test('what is being made is not in line, whatever the number of its lock: negative ones too, and halves beyond 2^31', async () => {
  const id = await ask(world, admin, { format: 'CSV' });
  const write = (sql: string) => world.owner.transaction(world.tenant.number, 'write', tx => tx.query(sql, [tx.tenantId]));
  await write(
    `insert into exports overriding system value
     select (jsonb_populate_record(exports, jsonb_build_object('id', 1000 + n))).* from exports, generate_series(1, 400) n
     where exports.tenant_id = $1`,
  );
  const all = (await world.rows<{ id: number }>('select id from exports order by id')).map(row => row.id);
  expect(all).toHaveLength(401);
  const making = await world.owner.begin(world.tenant.number, 'read');
  const begun = all.filter((_, place) => place % 2 === 0);
  for (const one of begun) expect(await lockMaking(making, one)).toBe(true);
  const inLine = () => world.owner.transaction(world.tenant.number, 'read', selectInLine);
  expect((await inLine()).sort((a, b) => a - b)).toEqual(all.filter((_, place) => place % 2 === 1));
  await making.rollback();
  expect(await inLine()).toHaveLength(401);
  await write('delete from exports where tenant_id = $1 and id > 1000');
  await remove(admin, id);
});

test('a file is of one moment, whatever is accepted while it is made', async () => {
  const event = { eventId: 'late', classId: 'a', userId: 'officer', occurredAt: '2026-03-01T10:00:00Z', score: 50 };
  const id = await ask(world, admin, { format: 'CSV', report: 'LEVELS' });
  // Its first write is held up; by then its moment is past.
  const held = await world.owner.begin(world.tenant.number, 'write');
  await held.query('lock table export_chunks in share mode');
  const worker = work();
  const waits = `select from pg_locks where relation = 'export_chunks'::regclass and not granted`;
  while ((await world.rows(waits)).length === 0) await sleep(10);
  expect((await world.gateway.send(admin, [event])).body).toMatchObject({ accepted: 1 });
  await held.rollback();
  await finished(world, admin, id);
  const [header, ...rows] = readCsv((await download(world, admin, id)).bytes);
  expect(new Set(rows.map(cells => cells[header!.indexOf('attempts')]))).toEqual(new Set(['0']));
  await worker.stop();
  await remove(admin, id);
});

test('a file that takes its process along each time is given up after ten tries, and not begun for ever', async () => {
  const id = await ask(world, admin, { format: 'CSV' });
  await world.owner.transaction(world.tenant.number, 'write', tx =>
    tx.query(`update exports set status = 'PROCESSING', tries = 10 where tenant_id = $1`, [tx.tenantId]));
  const errors: unknown[] = [];
  const worker = work({ onError: (error: unknown) => errors.push(error) });
  expect(await finished(world, admin, id)).toMatchObject({
    status: 'FAILED', reason: 'This file could not be made. Please ask for it again later, or for less at once.',
  });
  await worker.stop();
  // By one of the two that make files at the same time, or by both before the end is written down.
  expect([...new Set(errors.map(String))]).toEqual(['Error: a report file was begun 10 times and never ended']);
  await remove(admin, id);
});

test('a file that takes more memory than there is for one ends nothing but itself', async () => {
  const write = (sql: string) => world.owner.transaction(world.tenant.number, 'write', tx => tx.query(sql, [tx.tenantId]));
  // As long as a OneRoster bundle's record may be, and fewer than are read together.
  await write(`insert into classes (tenant_id, external_id, name) select $1, 'long ' || n, repeat('y', 900000) from generate_series(1, 300) n`);
  const id = await ask(world, admin, { format: 'CSV', report: 'LEVELS' });
  const errors: { code?: string }[] = [];
  const worker = work({ onError: (error: { code?: string }) => errors.push(error) });
  expect(await finished(world, admin, id)).toMatchObject({
    status: 'FAILED', reason: 'This file takes more memory than there is for one. Please ask for it of a node further down.',
  });
  await worker.stop();
  // A database that is away for a moment, on a busy machine, is another matter.
  expect(errors.filter(error => !isUnavailable(error)).map(error => error.code ?? error)).toEqual(Array(3).fill('ERR_WORKER_OUT_OF_MEMORY'));
  await remove(admin, id);
  await write(`delete from classes where tenant_id = $1 and external_id like 'long %'`);
});

test('a name as long as a book is cut in a PDF, which is made as soon as any other', async () => {
  await world.owner.transaction(world.tenant.number, 'write', tx =>
    tx.query(`update classes set name = $2 where tenant_id = $1 and external_id = 'a'`, [tx.tenantId, `${'𝔵y'.repeat(60_000)}END`]));
  const worker = work();
  const pages = readPdf(await fileOf(world, admin, { format: 'PDF', report: 'LEVELS' })).pages;
  await worker.stop();
  const printed = pages.flat().map(({ str }) => str).join('');
  expect(pages).toHaveLength(1);
  expect(printed).toContain('…');
  expect(printed).not.toContain('END');
  expect(printed.match(/y/g)!.length).toBeLessThan(1_000);
});
