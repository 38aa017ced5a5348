import { buildSchema, parse, type GraphQLObjectType } from 'graphql';
import { executor } from './compiled';

function schemaWith(calls: string[]) {
  const schema = buildSchema(`
    type Query { things(ids: [Int!]!): [Thing]! }
    type Mutation { make: [Thing]! }
    type Thing { id: Int! }
  `);
  const thing = async (id: number) => {
    if (id % 2 === 1) throw new Error(`thing ${id} is hidden`);
    return { id };
  };
  const resolvers = { Query: { things: (_: unknown, { ids }: { ids: number[] }) => ids.map(thing) }, Mutation: { make: () => (calls.push('make'), [thing(1)]) } };
  for (const [type, fields] of Object.entries(resolvers)) {
    for (const [name, resolve] of Object.entries(fields)) {
      (schema.getType(type) as GraphQLObjectType).getFields()[name]!.resolve = resolve as never;
    }
  }
  return schema;
}

test('an element that is refused is null in its own place, however often the document comes', async () => {
  const execute = executor(schemaWith([]));
  const document = parse('query ($ids: [Int!]!) { things(ids: $ids) { id } }');
  for (let n = 0; n < 4; n++) {
    const { data, errors } = await execute({ document, operationName: undefined, variables: { ids: [1, 2, 3, 4] }, context: {} });
    expect(JSON.parse(JSON.stringify(data))).toEqual({ things: [null, { id: 2 }, null, { id: 4 }] });
    expect(errors!.map(({ path }) => path)).toEqual([['things', 0], ['things', 2]]);
  }
});

test('a mutation is executed once each time, errors or not', async () => {
  const calls: string[] = [];
  const execute = executor(schemaWith(calls));
  const document = parse('mutation { make { id } }');
  for (let n = 1; n <= 4; n++) {
    await execute({ document, operationName: undefined, variables: {}, context: {} });
    expect(calls).toHaveLength(n);
  }
});
