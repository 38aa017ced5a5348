import { purgeAll } from '../cli/run/purge';
import { makeExport } from '../subgraphs/reporting/exports/make';
import { ingest } from '../subgraphs/reporting/ingest/ingest';
import { exportNumber } from '../subgraphs/shared/identifiers';
import { updateTimes } from '../subgraphs/shared/retention/retention.queries';
import { ask, download, period, readCsv, readPdf, readXlsx } from './exports';
import { now, openGroupFiles, type GroupFiles } from './group-files';
import { daysLater } from './retention-life';
import type { Asker } from './start-gateway';

/** A file of days of which some have expired says from which on nothing has, as the report on the screen does. */
const admin: Asker = { subject: 'admin', tenant: 'acme', roles: ['ORG_ADMIN'] };

let world: GroupFiles;
beforeEach(async () => {
  world = await openGroupFiles(
    {
      key: 'acme',
      groups: { land: 'country', s1: 'school', s2: 'school' },
      classes: { c1: { grade: '5' }, c2: { grade: '5' } },
      placements: { india: { land: null, s1: 'land', s2: 'land', c1: 's1', c2: 's2' } },
      people: { admin: ['ORG_ADMIN'], ann: ['LEARNER'] },
      enrolments: [{ class: 'c1', person: 'ann' }],
      competencies: [{ code: 'add', grade: '5' }],
    },
    { background: false },
  );
  await accept({ daysAgo: 50, status: 'IN_PROGRESS' });
  await accept({ daysAgo: 5, status: 'COMPLETED' });
});
afterEach(async () => {
  expect(world.gateway.bugs).toEqual([]);
  await world.close();
});

const reporting = () => world.gateway.service.subgraph('reporting').database;
const write = <T>(work: Parameters<ReturnType<typeof reporting>['transaction']>[2]) =>
  reporting().transaction(world.tenant.number, 'write', work) as Promise<T>;

/** Something of the day before some days, accepted on the day after it. */
async function accept({ daysAgo, status }: { daysAgo: number; status: string }): Promise<void> {
  const event = {
    ...{ eventId: `${daysAgo} days ago`, classId: 'c1', userId: 'ann', score: daysAgo, secondsSpent: 60 },
    ...{ occurredAt: daysLater(now, -daysAgo).toISOString(), competency: 'add', status },
  };
  const receipt = await reporting().transaction(world.tenant.number, 'activity', tx =>
    ingest(tx, [event], { now: daysLater(now, 1 - daysAgo), ids: 'external' }));
  expect(receipt.accepted).toBe(1);
}

const make = (id: string) =>
  makeExport(reporting(), exportNumber(id)!, {
    ...{ tenantId: world.tenant.number, now: async () => now, mostTries: 1, refuse: () => undefined, onTry: () => undefined },
    signal: new AbortController().signal,
  });

async function fileOf(input: object): Promise<Buffer> {
  const id = await ask(world, admin, input);
  expect(await make(id)).toBe(true);
  const { status, bytes } = await download(world, admin, id);
  expect(status).toBe(200);
  return bytes;
}

/** From when on what is shown is whole, of activity and of competencies; and the attempts of the whole tenant. */
async function onScreen(): Promise<{ figures: string | null; competencies: string | null; attempts: number }> {
  const { nodeReport, hierarchyNode } = await world.gateway.read(
    admin,
    `query ($id: ID!, $period: PeriodInput!, $day: Date!) {
       nodeReport(period: $period) { node { performance { attempts provenance { completeFrom } } } }
       hierarchyNode(id: $id) { competencyCounts(asOf: $day) { provenance { completeFrom } } } }`,
    { id: world.tenant.id, period, day: period.through },
  );
  const { attempts, provenance } = nodeReport.node.performance;
  return { attempts, figures: provenance.completeFrom, competencies: hierarchyNode.competencyCounts.provenance.completeFrom };
}

const reports = [{ report: 'NODE_REPORT' }, { report: 'LEVELS' }, { report: 'TREND', interval: 'MONTH' }, { report: 'COMPETENCIES' }];

/** What every file says of it, in every format. */
async function inFiles(): Promise<Record<string, (string | null)[]>> {
  const said: Record<string, (string | null)[]> = {};
  for (const question of reports) {
    const [header, ...rows] = readCsv(await fileOf({ ...question, format: 'CSV' }));
    const csv = new Set(rows.map(cells => cells[header!.indexOf('complete_from')]! || null));
    const [sheet, about] = await readXlsx(await fileOf({ ...question, format: 'XLSX' }));
    const place = sheet!.data[0]!.indexOf('complete_from');
    const xlsx = new Set(sheet!.data.slice(1).map(cells => cells[place] as string | null));
    const note = about!.data.find(([name]) => name === 'Complete from')?.[1] as string | undefined;
    const { pages } = readPdf(await fileOf({ ...question, format: 'PDF' }));
    const words = pages[0]!.map(({ str }) => str);
    const printed = words.includes('Complete from') ? words.find(text => text.endsWith('have expired')) : undefined;
    const days = [note, printed].map(text => text?.replace(/; figures of some days before it have expired$/, '') ?? null);
    said[question.report] = [...csv, ...xlsx, ...days];
  }
  return said;
}

const everywhere = (day: string | null): (string | null)[] => [day, day, day, day];
const allReports = ({ figures, competencies }: { figures: string | null; competencies: string | null }) => ({
  ...{ NODE_REPORT: everywhere(figures), LEVELS: everywhere(figures), TREND: everywhere(figures) },
  COMPETENCIES: everywhere(competencies),
});

test('a file says from when on it is complete where the report on the screen does, and the same one after the purge', async () => {
  const whole = await onScreen();
  expect(whole).toEqual({ attempts: 2, figures: null, competencies: null });
  expect(await inFiles()).toEqual(allReports(whole));

  await write(tx => updateTimes(tx, { figureDays: 30, rawActivityHours: 24 }));
  const left = await onScreen();
  expect(left).toEqual({ attempts: 1, figures: '2026-01-30', competencies: expect.stringMatching(/^2026-0[23]-\d\d$/) });
  expect(await inFiles()).toEqual(allReports(left));

  expect(await purgeAll(world.owner, { now, log: { info: () => undefined, warn: () => undefined } })).toBe(true);
  expect(await onScreen()).toEqual(left);
  expect(await inFiles()).toEqual(allReports(left));
});

test('competencies of a day whose statuses have expired are in no file, as on no screen', async () => {
  const question = { report: 'COMPETENCIES', format: 'CSV', period: { from: '2026-01-01', through: '2026-02-01' } };
  const inLine = await ask(world, admin, question);
  await write(tx => updateTimes(tx, { figureDays: 30, rawActivityHours: 24 }));
  const refused = { code: 'BAD_USER_INPUT', message: expect.stringMatching(/2026-02-01 has expired/) };
  await expect(make(inLine)).rejects.toMatchObject(refused);
  const asked = 'mutation ($input: ExportInput!) { requestExport(input: $input) { id } }';
  expect(await world.gateway.codes(admin, asked, { input: question })).toEqual(['BAD_USER_INPUT']);
  expect(await world.gateway.codes(admin, asked, { input: { ...question, report: 'NODE_REPORT' } })).toEqual([]);
});
