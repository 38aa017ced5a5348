import { Problem } from '../../shared/errors';
import { mostRows, planNode, refuseTooLarge, type PlanInput, type PlanLevel, type Source } from './plan';

const india: PlanLevel[] = [
  { sequence: 1, type: 'country', stored: true },
  { sequence: 2, type: 'state', stored: true },
  { sequence: 3, type: 'district', stored: true },
  { sequence: 4, type: 'block', stored: false },
  { sequence: 5, type: 'cluster', stored: false },
  { sequence: 6, type: 'school', stored: true },
];
const nothingAbove = india.map(level => ({ ...level, stored: level.sequence === 6 }));
const all = { cells: true, levels: true };
const cellsOnly = { cells: true, levels: false };
const none = { cells: false, levels: false };

const group = (level: number, below: Record<number, number>, stored = false): PlanInput['node'] => ({
  kind: 'group',
  level,
  stored,
  below,
  allClasses: 1_000,
});
const country = { ...group(1, { 2: 36, 3: 700, 4: 7_000, 5: 16_000, 6: 150_000 }, true), allClasses: 1_200_000 };
const block = group(4, { 5: 3, 6: 25 });
const cluster = group(5, { 6: 8 });
const school = group(6, {});
const district = group(3, { 4: 10, 5: 23, 6: 210 }, true);

const read = (source: Source): string => (source.read === 'level' ? source.type : source.read);

test.each([
  ['a stored level reads its own row', country, india, all, 1, 'own', 1],
  ['of a period of several buckets, a row each', district, india, all, 4, 'own', 4],
  ['a level that is not stored reads the cells when no stored level is between', block, india, all, 1, 'cells', 25],
  ['a cluster likewise', cluster, india, all, 2, 'cells', 16],
  ['a school is its cells', school, india, all, 1, 'cells', 1],
  ['an unstored country reads the highest stored level', { ...country, stored: false }, india, all, 1, 'state', 36],
  ['nothing stored above the schools: the cells', { ...country, stored: false }, nothingAbove, all, 1, 'cells', 150_000],
  ['levels that are being built are passed over', country, india, cellsOnly, 1, 'cells', 150_000],
  ['nothing stored at all: the classes of each day', block, india, none, 1, 'classes', 30_000],
  ['a class has its own facts', { ...school, kind: 'class' as const, allClasses: 1 }, india, all, 1, 'classes', 30],
  ['the tenant has a row of its own', { ...country, kind: 'tenant' as const }, india, all, 3, 'own', 3],
  ['the tenant without it adds up its classes', { ...country, kind: 'tenant' as const }, india, none, 3, 'classes', 36_000_000],
  ['uncategorised classes are read by their cells', { ...school, kind: 'other' as const }, india, all, 1, 'cells', 1_000],
  ["a caller's scope adds up the covered classes", { ...school, kind: 'scope' as const }, india, all, 1, 'classes', 30_000],
])('%s', (_name, node, levels, stored, buckets, source, rows) => {
  const plan = planNode({ node, levels, stored, buckets, days: 30 });
  expect([read(plan.source), plan.rows]).toEqual([source, rows]);
});

test('what would add up too many rows is refused, with what would help', () => {
  const plan = { source: { read: 'classes' as const }, rows: mostRows / 2 + 1 };
  expect(() => refuseTooLarge([plan], 'This report')).not.toThrow();
  expect(() => refuseTooLarge([plan, plan], 'This report')).toThrow(Problem);
  expect(() => refuseTooLarge([plan, plan], 'This report')).toThrow(/Store a level.*shorter period/s);
});
