import { fileOf, readCsv, readPdf, readXlsx } from './exports';
import { openGroupFiles, type GroupFiles } from './group-files';
import type { Asker } from './start-gateway';

/** Report files of nodes with nothing in them or below them, and of one with thousands of children. */
const admin: Asker = { subject: 'admin', tenant: 'acme', roles: ['ORG_ADMIN'] };
const children = 2_000;
const many = Array.from({ length: children }, (_, n) => `k${n}`);

let world: GroupFiles;
beforeAll(async () => {
  world = await openGroupFiles({
    key: 'acme',
    groups: { land: 'country', full: 'school', bare: 'school', lone: 'school' },
    classes: { ...Object.fromEntries(many.map(name => [name, {}])), closed: { active: false } },
    placements: { india: { land: null, full: 'land', bare: 'land', lone: 'land', closed: 'lone', ...Object.fromEntries(many.map(name => [name, 'full'])) } },
    people: { admin: ['ORG_ADMIN'] },
  });
}, 60_000);
afterAll(async () => {
  expect(world.gateway.bugs).toEqual([]);
  await world.close();
});

const reports = ['NODE_REPORT', 'LEVELS', 'TREND', 'COMPETENCIES'] as const;
const oneDay = { from: '2026-02-28', through: '2026-02-28' };
const periods: [string, { from: string; through: string }][] = [
  ['a day', oneDay],
  ['ten years to come', { from: '2030-02-28', through: '2040-02-27' }],
  ['ten years from a leap day on', { from: '2016-02-29', through: '2026-02-28' }],
];
const input = (report: string, more: object) => ({ report, filter: { subject: 'nothing of this' }, ...(report === 'TREND' ? { interval: 'YEAR' } : {}), ...more });
const counted = { NODE_REPORT: 1, LEVELS: 1, COMPETENCIES: 1 } as Record<string, number>;

describe.each(reports)('%s', report => {
  test.each(periods)('of a group without a class over %s is made in each format, and says that there is nothing', async (_, period) => {
    const years = { [oneDay.from]: 1, '2030-02-28': 11, '2016-02-29': 11 }[period.from]!;
    const rows = report === 'TREND' ? years : counted[report]!;
    const asked = (format: string) => fileOf(world, admin, input(report, { format, period, nodeId: world.tenant.nodeId('bare') }));
    const csv = readCsv(await asked('CSV'));
    expect(csv).toHaveLength(1 + rows);
    const average = csv[0]!.indexOf('average_score');
    if (average >= 0) expect(csv.slice(1).map(cells => cells[average])).toEqual(Array(rows).fill(''));
    const [sheet] = await readXlsx(await asked('XLSX'));
    expect(sheet!.data).toHaveLength(1 + rows);
    const { pages } = readPdf(await asked('PDF'));
    expect(pages.flat().map(({ str }) => str)).toContain('Page 1');
  });

  test('of a period of more than ten years is refused', async () => {
    const period = { from: '2000-01-01', through: '2030-12-31' };
    const { errors } = await world.gateway.ask(admin, 'mutation ($input: ExportInput!) { requestExport(input: $input) { id } }', {
      input: input(report, { format: 'CSV', period }),
    });
    expect(errors.map(({ message, extensions }) => [extensions?.code, message])).toEqual([['BAD_USER_INPUT', expect.stringContaining('10 years at most')]]);
  });
});

test.each(['NODE_REPORT', 'LEVELS', 'COMPETENCIES'])('%s of a school with thousands of classes has them all, in each format', async report => {
  const asked = (format: string) => fileOf(world, admin, { report, format, period: oneDay, nodeId: world.tenant.nodeId('full') });
  const csv = readCsv(await asked('CSV'));
  const name = csv[0]!.indexOf('name');
  expect(new Set(csv.slice(2).map(cells => cells[name]))).toEqual(new Set(many));
  const [sheet] = await readXlsx(await asked('XLSX'));
  expect(sheet!.data).toHaveLength(2 + children);
  const { pages } = readPdf(await asked('PDF'));
  const printed = new Set(pages.flat().map(({ str }) => str));
  expect(many.filter(one => !printed.has(one))).toEqual([]);
}, 60_000);
