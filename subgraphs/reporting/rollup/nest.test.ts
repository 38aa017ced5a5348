import fc from 'fast-check';
import { nestOf } from './nest';

const node = (id: string, pre: number, post: number) => ({ id, pre, post });

test('a node keeps what its children leave', () => {
  const { parts, within } = nestOf([node('a', 2, 4), node('whole', 1, 9), node('b', 5, 7), node('inner', 6, 7)]);
  expect(parts.sort((one, other) => one.pre - other.pre)).toEqual([
    node('whole', 1, 1),
    node('a', 2, 4),
    node('b', 5, 5),
    node('inner', 6, 7),
    node('whole', 8, 9),
  ]);
  expect(within).toEqual([['a', 'whole'], ['inner', 'b'], ['b', 'whole']]);
});

test('nodes beside each other stay whole', () => {
  expect(nestOf([node('b', 5, 7), node('a', 1, 4)])).toEqual({ parts: [node('a', 1, 4), node('b', 5, 7)], within: [] });
});

test('in any tree, every place is in the part of the innermost node, and adding up gives each node its own range', () => {
  const parents = fc.array(fc.nat(), { minLength: 1, maxLength: 25 });
  fc.assert(
    fc.property(parents, fc.array(fc.boolean(), { minLength: 26, maxLength: 26 }), (choices, asked) => {
      const children: number[][] = [[]];
      for (const [index, choice] of choices.entries()) {
        children[choice % children.length]!.push(index + 1);
        children.push([]);
      }
      const ranges: { id: string; pre: number; post: number }[] = [];
      let next = 0;
      const visit = (at: number): void => {
        const range = { id: String(at), pre: next++, post: 0 };
        ranges.push(range);
        for (const child of children[at]!) visit(child);
        range.post = next - 1;
      };
      visit(0);
      const nodes = ranges.filter((_, index) => asked[index]);
      const { parts, within } = nestOf(nodes);
      const places = new Map<string, number[]>(nodes.map(({ id }) => [id, []]));
      for (const { id, pre, post } of parts) for (let at = pre; at <= post; at++) places.get(id)!.push(at);
      for (const [inner, outer] of within) places.get(outer)!.push(...places.get(inner)!);
      for (const { id, pre, post } of nodes) {
        expect(places.get(id)!.sort((a, b) => a - b)).toEqual(Array.from({ length: post - pre + 1 }, (_, at) => pre + at));
      }
    }),
  );
});
