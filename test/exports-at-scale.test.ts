import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'csv-parse';
import yauzl from 'yauzl';
import { formats } from '../subgraphs/reporting/exports/formats';
import { reportingSubgraph } from '../subgraphs/reporting/subgraph';
import { Database } from '../subgraphs/shared/database/database';
import { refreshStatistics } from '../subgraphs/shared/database/statistics.queries';
import { projectRoot } from '../subgraphs/shared/project-root';
import { registerTypeScript } from './typescript-in-children';
import { publicId } from '../subgraphs/shared/identifiers';
import { createTestDatabase, type TestDatabase } from './database';
import { exportFields, readPdf, type ShownExport } from './exports';
import type { Said } from './export-worker';
import { connectOwner } from './fixture';
import { startForTest, type ServiceForTest } from './start-for-test';
import { createWideTenant, days } from './wide-tenant.queries';

/** A million rows are what is promised; each run of the tests makes do with a fiftieth. */
const classes = Number(process.env.STRATA_EXPORT_ROWS ?? 20_000);
const mostMegabytes = 300;
const schools = Math.ceil(classes / 10);
const rows = 1 + 1 + Math.ceil(schools / 200) + schools + classes + 1; // tenant, country, districts, schools, classes, other
/** A district, with its schools and their classes. */
const printedClasses = Math.min(classes, 2_000);
const printedRows = 1 + Math.ceil(printedClasses / 10) + printedClasses;
const large = classes > 20_000;

let database: TestDatabase;
let owner: Database;
let service: ServiceForTest;
let tenant: number;
beforeAll(async () => {
  database = await createTestDatabase();
  owner = await connectOwner(database.url);
  const superuser = await Database.connect({ url: database.adminUrl, stepDown: false, entities: [], poolSize: 1 });
  tenant = await createWideTenant(superuser, classes);
  await superuser.close();
  await owner.transaction(1, 'write', async tx => {
    await tx.query('set local statement_timeout = 0');
    await refreshStatistics(tx);
  });
  service = await startForTest({ url: database.url, subgraphs: [reportingSubgraph], background: false });
}, 600_000);
afterAll(async () => {
  await service?.close();
  await owner.close();
  await database.drop();
});

const atWork = new Set<ChildProcess>();
afterEach(() => {
  for (const worker of atWork) worker.kill('SIGKILL');
});

/** A process that makes files. */
async function startWorker() {
  const script = path.join(projectRoot, 'test', 'export-worker.ts');
  const child = spawn(process.execPath, ['-r', registerTypeScript, script, database.url], {
    cwd: projectRoot,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  atWork.add(child);
  const gone = new Promise<void>(resolve => child.once('close', () => {
    atWork.delete(child);
    resolve();
  }));
  const heard: Said[] = [];
  createInterface(child.stdout!).on('line', line => heard.push(JSON.parse(line) as Said));
  while (!heard.some(said => 'ready' in said)) {
    if (child.exitCode !== null) throw new Error('the worker ended before it was ready');
    await sleep(10);
  }
  return {
    bugs: () => heard.flatMap(said => ('bug' in said ? [said.bug] : [])),
    kill: async () => {
      child.kill('SIGKILL');
      await gone;
    },
    /** Ends it; the most memory it has held at any time, in megabytes. */
    stop: async () => {
      child.stdin!.end();
      await gone;
      return heard.flatMap(said => ('peakMegabytes' in said ? [said] : []))[0]!;
    },
  };
}

const credentials = async () => ({ token: await service.token({ subject: 'admin', tenant: 'acme', roles: ['ORG_ADMIN'] }) });
const known = { key: 'acme', rolesOf: () => ['ORG_ADMIN'] } as never;

async function read(query: string, variables?: Record<string, unknown>) {
  const { data, errors } = await service.ask({ subgraph: 'reporting', tenant: known, as: 'admin', query, ...(variables ? { variables } : {}) });
  if (errors) throw new Error(JSON.stringify(errors));
  return data as Record<string, ShownExport>;
}

async function ask(input: object): Promise<string> {
  const period = { from: days[0], through: days[1] };
  const data = await read(`mutation ($input: ExportInput!) { requestExport(input: $input) { id } }`, { input: { period, ...input } });
  return data.requestExport!.id;
}

async function until(id: string, reached: (shown: ShownExport) => boolean): Promise<ShownExport> {
  for (;;) {
    const { export: shown } = await read(`query ($id: ID!) { export(id: $id) { ${exportFields} } }`, { id });
    if (reached(shown!)) return shown!;
    if (shown!.status === 'FAILED') throw new Error(shown!.reason!);
    await sleep(large ? 500 : 100);
  }
}
const completed = ({ status }: ShownExport): boolean => status === 'COMPLETED';

async function fileOf(id: string): Promise<{ status: number; body: AsyncIterable<Buffer> }> {
  const [route] = service.subgraph('reporting').routes.filter(({ path: at }) => at === '/exports/:id/file');
  const body = Readable.from([]) as AsyncIterable<Buffer>;
  try {
    const answer = await route!.handle({
      ...{ credentials: await credentials(), headers: {}, params: { id }, query: new URLSearchParams(), origin: '', body },
    });
    return { status: answer.status, body: answer.body as Readable };
  } catch (error) {
    return { status: (error as { code?: string }).code === 'NOT_FOUND' ? 404 : 500, body };
  }
}

/** Counts what a CSV holds, without holding it. */
async function tally(bytes: AsyncIterable<Buffer>) {
  const ids = new Set<string>();
  let attempts = 0;
  let count = 0;
  for await (const row of Readable.from(bytes).pipe(parse({ bom: true, columns: true })) as AsyncIterable<Record<string, string>>) {
    count++;
    ids.add(row.id!);
    if (row.type === 'class') attempts += Number(row.attempts);
  }
  return { count, distinct: ids.size, attempts };
}

/** The rows of a workbook's sheets, by the tags that begin them. */
async function rowsOfWorkbook(bytes: AsyncIterable<Buffer>): Promise<Record<string, number>> {
  const parts: Buffer[] = [];
  for await (const part of bytes) parts.push(part);
  const zip = await yauzl.fromBufferPromise(Buffer.concat(parts), { lazyEntries: true, autoClose: false });
  const counts: Record<string, number> = {};
  const entries: yauzl.Entry[] = [];
  for await (const entry of zip.eachEntry()) entries.push(entry);
  for (const entry of entries.filter(({ fileName }) => fileName.startsWith('xl/worksheets/sheet'))) {
    let rest = '';
    counts[entry.fileName] = 0;
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      const text = rest + (chunk as Buffer).toString('latin1');
      counts[entry.fileName]! += text.split('<row ').length - 1;
      rest = text.slice(-4); // a tag may be cut in two
    }
  }
  return counts;
}

const attemptsOfAll = 2 * Array.from({ length: classes }, (_, n) => (n + 1) % 10).reduce((sum, some) => sum + some, 0);

test(`CSV: ${rows} rows, killed in the middle and taken up by another process, are whole and once`, async () => {
  const first = await startWorker();
  const id = await ask({ report: 'LEVELS', format: 'CSV' });
  const midway = await until(id, ({ progress: { share } }) => share !== null && share > 0.2);
  await first.kill();
  expect(midway.status).toBe('PROCESSING');
  expect((await fileOf(id)).status).toBe(404);
  const second = await startWorker();
  const began = performance.now();
  const shown = await until(id, completed);
  expect(shown).toMatchObject({ rows, progress: { done: rows, total: rows, share: 1 } });
  const { status, body } = await fileOf(id);
  expect([status, await tally(body)]).toEqual([200, { count: rows, distinct: rows, attempts: attemptsOfAll }]);
  const chunks = await owner.transaction(tenant, 'read', tx =>
    tx.query<{ try: number; bytes: string }>(`select try, sum(length(bytes)) as bytes from export_chunks where tenant_id = $1 group by try`, [tenant]),
  );
  expect(chunks).toEqual([{ try: 2, bytes: String(shown.bytes) }]);
  expect(second.bugs()).toEqual([]);
  const { peakMegabytes, restMegabytes } = await second.stop();
  if (large) console.log(`CSV: ${rows} rows, ${shown.bytes} bytes in ${Math.round(performance.now() - began)} ms, ${restMegabytes} MB at rest, ${peakMegabytes} MB at most`);
  expect(peakMegabytes).toBeLessThan(mostMegabytes);
}, 1_800_000);

test(`XLSX: ${rows} rows are all there, in ${mostMegabytes} MB`, async () => {
  const worker = await startWorker();
  const began = performance.now();
  const id = await ask({ report: 'LEVELS', format: 'XLSX' });
  const shown = await until(id, completed);
  const took = Math.round(performance.now() - began);
  const { peakMegabytes } = await worker.stop();
  if (large) console.log(`XLSX: ${rows} rows, ${shown.bytes} bytes in ${took} ms, ${peakMegabytes} MB at most`);
  const counts = Object.values(await rowsOfWorkbook((await fileOf(id)).body));
  const about = counts.pop()!;
  expect(about).toBeGreaterThan(5);
  expect(counts).toHaveLength(Math.ceil(rows / 1_000_000));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(rows + counts.length); // and the headings
  expect(peakMegabytes).toBeLessThan(mostMegabytes);
}, 1_800_000);

test(`PDF: a district's ${printedRows} rows are all there, in ${mostMegabytes} MB; more than it may have are refused as they are asked for`, async () => {
  if (rows > formats.PDF.mostRows) {
    await expect(ask({ report: 'LEVELS', format: 'PDF' })).rejects.toThrow(`as PDF it may have ${formats.PDF.mostRows}`);
  }
  const worker = await startWorker();
  const id = await ask({ report: 'LEVELS', format: 'PDF', nodeId: publicId('group', 2) });
  expect(await until(id, completed)).toMatchObject({ rows: printedRows });
  const { peakMegabytes } = await worker.stop();
  const parts: Buffer[] = [];
  for await (const part of (await fileOf(id)).body) parts.push(part);
  const { pages } = readPdf(Buffer.concat(parts));
  expect(pages.flat().filter(({ str }) => /^Class \d+ "A", north$/.test(str))).toHaveLength(printedClasses);
  expect(peakMegabytes).toBeLessThan(mostMegabytes);
}, 600_000);
