import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { Random } from '../cli/generate/random';
import { guardedCell } from '../subgraphs/shared/formula-guard';
import { fileOf, period, readCsv, readPdf, readXlsx, tableOf } from './exports';
import { openGroupFiles, type GroupFiles } from './group-files';
import type { Asker } from './start-gateway';

/**
 * A file of a report is the report on the screen: asked for through the gateway, and compared cell by cell with what the
 * graph answers. Averages have all their digits in CSV and XLSX, and two decimals in a PDF.
 */
const as = (subject: string, role: string): Asker => ({ subject, tenant: 'acme', roles: [role] });
const admin = as('admin', 'ORG_ADMIN');
const officer = as('officer', 'OFFICER');

const odd = [
  'Comma, Quote "Q" and more',
  'two\nlines\r\nand three',
  "=HYPERLINK(\"http://example.org\")",
  '-1+1', '@SUM(A1)', "'quoted",
  'مدرسة النور', 'בית ספר (הצפון)', 'सरकारी विद्यालय', 'Escola São João 🏫', 'Zürich · ελληνικά · Київ',
  ' leading and trailing ', '学校', '<b>&amp;</b>', 'a'.repeat(180),
];
const classes = Object.fromEntries(odd.map((_, n) => [`c${n}`, {}]));
const schools = ['s0', 's1', 's2'];

let world: GroupFiles;
beforeAll(async () => {
  world = await openGroupFiles({
    key: 'acme',
    groups: { land: 'country', north: 'state', south: 'state', d1: 'district', s0: 'school', s1: 'school', s2: 'school' },
    classes: { ...classes, stray: {} },
    placements: {
      india: {
        ...{ land: null, north: 'land', south: 'land', d1: 'north', s0: 'd1', s1: 'd1', s2: 'south' },
        ...Object.fromEntries(odd.map((_, n) => [`c${n}`, schools[n % 3]!])),
      },
    },
    people: { admin: ['ORG_ADMIN'], officer: ['OFFICER'], ann: ['LEARNER'], bob: ['LEARNER'] },
    grants: { officer: ['d1'] },
    competencies: [{ code: 'M1' }],
  });
  const named = [...odd.map((name, n) => ['classes', `c${n}`, name]), ['groups', 'd1', 'ضلع "شمال", =1'], ['groups', 's1', 'École\n№ 1']];
  await world.owner.transaction(world.tenant.number, 'write', async tx => {
    for (const [table, id, name] of named) {
      await tx.query(`update ${table} set name = $3 where tenant_id = $1 and external_id = $2`, [tx.tenantId, id, name]);
    }
  });
  const random = new Random(5);
  const events = Array.from({ length: 600 }, (_, n) => ({
    eventId: `e${n}`,
    classId: n % 11 === 0 ? 'stray' : `c${random.below(odd.length - 1)}`, // the last one has no activity
    userId: random.below(2) === 0 ? 'ann' : 'bob',
    occurredAt: `2026-0${1 + random.below(3)}-${10 + random.below(9)}T10:00:00Z`,
    ...(random.below(3) > 0 ? { score: random.below(1_000_001) / 10_000 } : {}),
    ...(random.below(3) > 0 ? { secondsSpent: 1 + random.below(5_000) } : {}),
  }));
  const { body } = await world.gateway.send(admin, events);
  expect(body.accepted).toBe(events.length);
});
afterAll(async () => {
  expect(world.gateway.bugs).toEqual([]);
  await world.close();
});

const row = `{ node { id externalId name type classCount }
  performance { averageScore scoreSum attempts learners } timeSpent { totalSeconds collectionSeconds assessmentSeconds learners } }`;
const reportQuery = `query ($nodeId: ID, $period: PeriodInput!, $filter: MetricFilter, $orderBy: ReportOrder) {
  nodeReport(nodeId: $nodeId, period: $period, filter: $filter, orderBy: $orderBy, first: 1000) {
    node ${row} other ${row} children { nodes ${row} }
  }
}`;

type Cells = (string | number | null)[];

interface Row {
  node: { id: string; externalId: string | null; name: string; type: string; classCount: number };
  performance: { averageScore: number | null; scoreSum: number; attempts: number; learners: number };
  timeSpent: { totalSeconds: number; collectionSeconds: number; assessmentSeconds: number; learners: number };
}

const cellsOf = ({ node, performance: p, timeSpent: t }: Row): Cells => [
  ...[node.id, node.externalId, node.name, node.type, node.classCount],
  ...[p.averageScore, p.scoreSum, p.attempts, p.learners],
  ...[t.totalSeconds, t.collectionSeconds, t.assessmentSeconds, t.learners],
];

/** What nodeReport answers, row by row. */
async function onScreen(who: Asker, variables: object): Promise<Cells[]> {
  const { nodeReport } = await world.gateway.read(who, reportQuery, { period, ...variables });
  const part = (name: string, of: Row): Cells => [name, ...cellsOf(of)];
  return [
    part('node', nodeReport.node as Row),
    ...(nodeReport.children.nodes as Row[]).map(of => part('child', of)),
    ...(nodeReport.other ? [part('other', nodeReport.other as Row)] : []),
  ];
}

const inCsv = (cell: Cells[number]): string => (cell === null ? '' : String(guardedCell(cell)));
/** A workbook knows one kind of line end and no control characters; readers take an empty cell for none. */
const inXlsx = (cell: Cells[number]) =>
  typeof cell === 'string'
    ? guardedCell(cell.replace(/\r\n?/g, '\n').replace(/[\x01-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]/g, '')) || null
    : cell;

const headings = [
  'part', 'id', 'external_id', 'name', 'type', 'classes', 'average_score', 'score_sum', 'attempts', 'learners_scored',
  'total_seconds', 'collection_seconds', 'assessment_seconds', 'learners_timed', 'period_from', 'period_through', 'as_of',
  'complete_from',
];
const asOf = '2026-03-20T12:00:00.000Z';
const constant = [period.from, period.through, asOf, null]; // nothing has expired

const questions: [string, Asker, () => object][] = [
  ['the tenant, with other', admin, () => ({})],
  ['a school by average', admin, () => ({ nodeId: world.tenant.nodeId('s0'), orderBy: { by: 'AVERAGE_SCORE', direction: 'DESC' } })],
  ['a school by name', admin, () => ({ nodeId: world.tenant.nodeId('s1'), orderBy: { by: 'NAME', direction: 'ASC' } })],
  ['a school by learners', admin, () => ({ nodeId: world.tenant.nodeId('s2'), orderBy: { by: 'LEARNERS', direction: 'DESC' } })],
  ['a class without activity', admin, () => ({ nodeId: world.tenant.nodeId(`c${odd.length - 1}`) })],
  ['the uncategorised classes', admin, () => ({ nodeId: world.tenant.otherId })],
  ["an officer's whole view, filtered", officer, () => ({ filter: { subject: 'none' } })],
  ['a district of an officer', officer, () => ({ nodeId: world.tenant.nodeId('d1') })],
];

test.each(questions)('CSV: %s is what is on the screen, to the last digit', async (_, who, question) => {
  const [header, ...rows] = readCsv(await fileOf(world, who, { format: 'CSV', ...question() }));
  expect(header).toEqual(headings);
  expect(rows).toEqual((await onScreen(who, question())).map(cells => [...cells, ...constant].map(inCsv)));
});

test.each(questions)('XLSX: %s is what is on the screen, numbers as numbers', async (_, who, question) => {
  const [sheet, about] = await readXlsx(await fileOf(world, who, { format: 'XLSX', ...question() }));
  const [header, ...rows] = sheet!.data;
  expect(header).toEqual(headings);
  expect(rows).toEqual((await onScreen(who, question())).map(cells => [...cells, ...constant].map(inXlsx)));
  expect(about!.sheet).toBe('About');
  expect(about!.data).toContainEqual(['As of', asOf]);
});

const printedColumns = [
  { title: 'Name', isText: true, place: 3 },
  { title: 'Type', isText: true, place: 4 },
  ...['Classes', 'Average %', 'Score sum', 'Attempts', 'Learners', 'Seconds', 'Collection', 'Assessment', 'With time'].map((title, n) => (
    { title, isText: false, place: 5 + n }
  )),
];
const onPaper = (cell: Cells[number], place: number): string =>
  cell === null ? '' : typeof cell === 'number' && (place === 6 || place === 7) ? cell.toFixed(2) : String(cell);
/** Lines are broken, and letters of other scripts come piece by piece: what is between them says nothing. */
const letters = (text: string): string => text.normalize('NFKC').replace(/\s/g, '');
/** Of these scripts the letters are compared, not the order in which a reader finds the shaped signs. */
const anyOrder = (text: string): string => [...letters(text)].sort().join('');
/** Which letters no font here has, and which are drawn as signs for several, a reader of PDFs cannot tell. */
const legible = (text: string): boolean => !/[\p{Script=Han}\p{Script=Devanagari}\p{Script=Arabic}\p{Extended_Pictographic}]/u.test(text);

test.each(questions)('PDF: %s is what is on the screen, with two decimals', async (_, who, question) => {
  const pdf = readPdf(await fileOf(world, who, { format: 'PDF', ...question() }));
  const rows = tableOf(pdf, printedColumns, 'Classes');
  const expected = await onScreen(who, question());
  expect(rows).toHaveLength(expected.length);
  for (const [index, cells] of expected.entries()) {
    for (const [column, { place, title }] of printedColumns.entries()) {
      const wanted = onPaper(cells[place]!, place);
      const came = rows[index]![column]!;
      if (legible(wanted)) expect([title, anyOrder(came)]).toEqual([title, anyOrder(wanted)]);
    }
  }
  expect(pdf.info.CreationDate).toBe('D:20260320120000Z');
});

test('what no spreadsheet may run is harmless in every cell, and the two text formats say the same', async () => {
  const question = { nodeId: world.tenant.nodeId('s2') };
  const csv = readCsv(await fileOf(world, admin, { format: 'CSV', ...question })).flat();
  const [sheet] = await readXlsx(await fileOf(world, admin, { format: 'XLSX', ...question }));
  for (const cell of [...csv, ...sheet!.data.flat()]) expect(String(typeof cell === 'string' ? cell : '')).not.toMatch(/^[=+\-@\t\r\n]/);
  expect(csv).toContain(`'=HYPERLINK("http://example.org")`);
});

test('all levels are every report below, each row with the names of the nodes above it', async () => {
  const [header, ...rows] = readCsv(await fileOf(world, admin, { report: 'LEVELS', format: 'CSV' }));
  const at = (name: string): number => header!.indexOf(name);
  const byId = new Map(rows.map(cells => [cells[at('id')]!, cells]));
  expect(byId.size).toBe(rows.length);
  const told: string[] = [];
  const compare = async (nodeId: string): Promise<void> => {
    for (const [part, ...cells] of await onScreen(admin, { nodeId })) {
      const id = String(cells[0]);
      if (part !== 'node' || id === nodeId) told.push(id);
      const [first, own] = [byId.get(id)!, cells.map(inCsv)];
      expect([...first.slice(0, 5), ...first.slice(at('average_score'), at('period_from'))]).toEqual(own);
      if (part === 'child' && cells[3] !== 'class') await compare(id);
    }
  };
  await compare(world.tenant.id);
  for (const cells of await onScreen(admin, { nodeId: world.tenant.otherId })) told.push(String(cells[1]));
  expect(new Set(told)).toEqual(new Set(byId.keys()));
  // The way down to a class, by level; and level by level, with what is uncategorised last.
  const levels = header!.slice(5, at('average_score'));
  const klass = byId.get(world.tenant.nodeId('c0'))!;
  const way = Object.fromEntries(levels.map(level => [level, klass[at(level)]]));
  expect(Object.values(way).filter(Boolean)).toEqual(['land', 'north', 'ضلع "شمال", =1', 's0']);
  const kinds = rows.map(cells => cells[at('type')]!);
  const order = ['tenant', 'country', 'state', 'district', 'school', 'class', 'other'];
  expect(kinds.filter((kind, n) => kind !== kinds[n - 1])).toEqual([...order, 'class']);
});

test('a trend is what the graph answers, interval by interval, in every format', async () => {
  const nodeId = world.tenant.nodeId('north');
  const { hierarchyNode } = await world.gateway.read(
    admin,
    `query ($id: ID!, $period: PeriodInput!) { hierarchyNode(id: $id) {
       performanceTrend(period: $period, interval: WEEK) { from through averageScore scoreSum attempts }
       timeSpentTrend(period: $period, interval: WEEK) { totalSeconds } } }`,
    { id: nodeId, period },
  );
  const expected = (hierarchyNode.performanceTrend as Record<string, number>[]).map((point, n) => [
    ...Object.values(point), hierarchyNode.timeSpentTrend[n].totalSeconds as number,
  ]) as Cells[];
  const question = { report: 'TREND', interval: 'WEEK', nodeId };
  const [, ...csv] = readCsv(await fileOf(world, admin, { ...question, format: 'CSV' }));
  expect(csv).toEqual(expected.map(cells => [...cells, ...constant].map(inCsv)));
  const [xlsx] = await readXlsx(await fileOf(world, admin, { ...question, format: 'XLSX' }));
  expect(xlsx!.data.slice(1)).toEqual(expected.map(cells => [...cells, ...constant].map(inXlsx)));
  const columns = ['From', 'Through', 'Average %', 'Score sum', 'Attempts', 'Seconds'].map((title, n) => ({ title, isText: n < 2 }));
  const pdf = tableOf(readPdf(await fileOf(world, admin, { ...question, format: 'PDF' })), columns, 'Attempts');
  expect(pdf).toEqual(expected.map(cells => cells.map((cell, n) => onPaper(cell, n === 2 ? 6 : n === 3 ? 7 : 0))));
});

test('counts of competencies are those of the graph', async () => {
  const nodeId = world.tenant.nodeId('d1');
  const counts = 'id competencyCounts(asOf: $day) { completed inferred inProgress notStarted }';
  const { hierarchyNode } = await world.gateway.read(
    admin,
    `query ($id: ID!, $day: Date!) { hierarchyNode(id: $id) { ${counts} children { nodes { ${counts} } } } }`,
    { id: nodeId, day: period.through },
  );
  const [header, ...rows] = readCsv(await fileOf(world, admin, { report: 'COMPETENCIES', format: 'CSV', nodeId }));
  const at = header!.indexOf('completed');
  interface Counted { id: string; competencyCounts: Record<string, number> }
  const expected = [hierarchyNode as Counted, ...(hierarchyNode.children.nodes as Counted[])].map(of => {
    const { completed, inferred, inProgress, notStarted } = of.competencyCounts;
    return [of.id, ...[completed, inferred, inProgress, notStarted, completed! + inferred! + inProgress! + notStarted!].map(String)];
  });
  expect(rows.map(cells => [cells[1], ...cells.slice(at, at + 5)])).toEqual(expected);
});

test('whatever classes are called, a file says it', async () => {
  const name = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ unit: 'grapheme', maxLength: 60 }))
    .map(text => text.replaceAll('\0', '').replace(/\p{Cs}/gu, ''))
    .filter(text => text.trim() !== '');
  await fc.assert(
    fc.asyncProperty(fc.array(name, { minLength: 5, maxLength: 5 }), async names => {
      await world.owner.transaction(world.tenant.number, 'write', async tx => {
        for (const [n, text] of names.entries()) {
          await tx.query(`update classes set name = $3 where tenant_id = $1 and external_id = $2`, [tx.tenantId, `c${3 * n}`, text]);
        }
      });
      const question = { nodeId: world.tenant.nodeId('s0') };
      const expected = await onScreen(admin, question);
      const bytes = await fileOf(world, admin, { format: 'CSV', ...question });
      expect((parse(bytes, { bom: true }) as string[][]).slice(1)).toEqual(expected.map(cells => [...cells, ...constant].map(inCsv)));
      const [sheet] = await readXlsx(await fileOf(world, admin, { format: 'XLSX', ...question }));
      expect(sheet!.data.slice(1)).toEqual(expected.map(cells => [...cells, ...constant].map(inXlsx)));
      const pdf = readPdf(await fileOf(world, admin, { format: 'PDF', ...question }));
      const numbers = (of: string[][]): string[][] => of.map(cells => cells.slice(2));
      expect(numbers(tableOf(pdf, printedColumns, 'Classes'))).toEqual(
        expected.map(cells => cells.slice(5).map((cell, n) => onPaper(cell, n + 5))),
      );
    }),
    { numRuns: Number(process.env.STRATA_PROPERTY_RUNS ?? 0) > 0 ? 100 : 8, endOnFailure: true },
  );
}, 600_000);
