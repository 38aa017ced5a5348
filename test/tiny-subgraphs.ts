import { Arg, Ctx, Directive, Field, FieldResolver, ID, Int, ObjectType, Query, Resolver, Root } from 'type-graphql';
import { anyone } from '../subgraphs/shared/access/rules';
import { Problem, type ProblemCode } from '../subgraphs/shared/errors';
import { DateScalar } from '../subgraphs/shared/graphql/scalars';
import type { SubgraphContext } from '../subgraphs/shared/subgraph/context';
import { json } from '../subgraphs/shared/subgraph/route';
import { defineSubgraph, type Subgraph } from '../subgraphs/shared/subgraph/subgraph';

/**
 * Two small subgraphs of a library, for what the gateway does whatever the subgraphs say: one owns the books, the other
 * adds to them. They know callers and fail in every way a subgraph can.
 */
@Directive('@key(fields: "id")')
@ObjectType('Book')
class Book {
  @Field(() => ID)
  id!: string;

  @Field()
  title!: string;
}

const books: Book[] = ['Emma', 'Ulysses', 'Dune'].map((title, index) => ({ id: `b${index + 1}`, title }));

@Resolver(() => Book)
class BookResolver {
  @Query(() => [Book])
  books(): Book[] {
    return books;
  }

  @Query(() => Book, { nullable: true })
  book(@Arg('id', () => ID) id: string): Book | null {
    return books.find(book => book.id === id) ?? null;
  }

  @Query(() => String)
  whoAmI(@Ctx() { caller }: SubgraphContext): string {
    return `${caller.login} in ${caller.tenantExternalId}`;
  }

  @Query(() => String, { nullable: true })
  refuse(@Arg('code', () => String) code: ProblemCode): string {
    throw new Problem(code, `Refused: ${code}.`);
  }

  @Query(() => String, { nullable: true })
  weekday(@Arg('day', () => DateScalar) day: string): string {
    return new Date(`${day}T00:00:00Z`).toLocaleDateString('en-GB', { weekday: 'long', timeZone: 'UTC' });
  }
}

@Directive('@key(fields: "id")')
@ObjectType('Book')
class ReadBook {
  @Field(() => ID)
  id!: string;
}

@Resolver(() => ReadBook)
class ReadBookResolver {
  @FieldResolver(() => Int, { nullable: true })
  readers(@Root() { id }: ReadBook): number {
    return Number(id.slice(1)) * 10;
  }

  @FieldResolver(() => Int, { nullable: true })
  secrets(@Root() { id }: ReadBook): number {
    if (id === 'b2') throw new Problem('FORBIDDEN', 'Not the second one.');
    return 1;
  }

  @FieldResolver(() => Int, { nullable: true })
  crash(): number {
    throw new Error('select password from people');
  }

  @Query(() => Int, { nullable: true })
  async slow(@Ctx() { session }: SubgraphContext, @Arg('seconds', () => Int) seconds: number): Promise<number> {
    await (await session.read()).query('select pg_sleep($1)', [seconds]);
    return seconds;
  }

  @Query(() => Int, { nullable: true })
  async hang(): Promise<number> {
    return new Promise(() => undefined);
  }

  @Query(() => Int, { nullable: true })
  total(): number {
    return 60;
  }
}

const entities = { _entities: anyone, _service: anyone };

export const tinySubgraphs: readonly Subgraph[] = [
  defineSubgraph({
    name: 'hierarchy',
    tables: [],
    resolvers: [BookResolver],
    entities: [],
    references: { Book: ({ id }: Book) => books.find(book => book.id === id) ?? null },
    permissions: {
      Query: { books: anyone, book: anyone, whoAmI: anyone, refuse: anyone, weekday: anyone, ...entities },
      Book: anyone,
      _Service: anyone,
    },
    createLoaders: () => ({}),
  }),
  defineSubgraph({
    name: 'reporting',
    tables: [],
    resolvers: [ReadBookResolver],
    entities: [ReadBook],
    references: { Book: ({ id }: ReadBook) => ({ id }) },
    permissions: { Query: { total: anyone, slow: anyone, hang: anyone, ...entities }, Book: anyone, _Service: anyone },
    createLoaders: () => ({}),
    routes: [
      {
        method: 'POST',
        path: '/count/:word',
        handle: async ({ credentials, params, query, headers, body }, { identify }) => {
          const { login } = await identify(credentials);
          let bytes = 0;
          for await (const chunk of body) bytes += chunk.length;
          if (params.word === 'crash') throw new Error('select password from people');
          const { 'content-type': type, 'x-other': other } = headers;
          return json(202, { login, word: params.word, page: query.get('page'), type, other, bytes });
        },
      },
    ],
  }),
];
