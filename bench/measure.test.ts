import { inTurn, median, quantile } from './measure';
import { shapeOf } from './shape';

test('a median is the middle of what was measured, or between the two middles', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([9, 1, 5, 7])).toBe(6);
  expect(quantile([0, 10], 0.25)).toBe(2.5);
  expect(() => median([])).toThrow('nothing was measured');
});

test('ways are measured in turn, and their warm-ups are not counted', async () => {
  const done: string[] = [];
  const way = (name: string) => async () => done.push(name);
  const samples = await inTurn({ a: way('a'), b: way('b') }, { warmups: 1, rounds: 2 });
  expect(done).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
  expect(samples).toEqual({ a: [3, 5], b: [4, 6] });
});

test.each([5_000, 20_000, 200_001])('a tenant of %i classes has its schools in both hierarchies', classes => {
  const { groups, firstSchool, schools } = shapeOf(classes);
  const byId = new Map(groups.map(group => [group.id, group]));
  expect(byId.size).toBe(groups.length);
  const inSchools = groups.filter(({ type }) => type === 'school');
  expect(inSchools.map(({ id }) => id)).toEqual(Array.from({ length: schools }, (_, at) => firstSchool + at));
  const wayUp = (id: number, hierarchy: 'india' | 'zones'): string[] => {
    const parent = byId.get(id)![hierarchy];
    return parent === null ? [] : [byId.get(parent!)!.type, ...wayUp(parent!, hierarchy)];
  };
  for (const { id } of inSchools) {
    expect(wayUp(id, 'india')).toEqual(['cluster', 'block', 'district', 'state', 'country']);
    expect(wayUp(id, 'zones')).toEqual(['school_district', 'state', 'country']);
  }
});
