import { buildSubgraphSchema } from '@apollo/subgraph';
import { printSchemaWithDirectives } from '@graphql-tools/utils';
import { isObjectType, isUnionType, parse, type GraphQLSchema } from 'graphql';
import { buildSchemaSync, createResolversMap, getMetadataStorage, type NonEmptyArray } from 'type-graphql';
import { auditMutations } from '../audit/audited-mutations';
import { protect, type Permissions } from '../access/protect';
import { badInput } from '../errors';
import { DateScalar, DateTimeScalar, JsonScalar, SafeInt } from '../graphql/scalars';

export interface SchemaParts {
  resolvers: NonEmptyArray<Function>;
  /** Entities that only other subgraphs' answers lead to; without a line here they vanish from the schema. */
  entities: Function[];
  references: References;
  permissions: Permissions;
  /** Mutations that are no administration, and leave no row in the audit log: activity, say. */
  unaudited?: readonly string[];
}

/** How an entity's representation (its key, as another subgraph sent it) becomes an object, or an error of its own. */
export type References = Record<string, (representation: never, context: never) => unknown>;

/**
 * What resolves something. Of fields that are merely read from their object type-graphql makes resolvers as well; without
 * them they are read as fast as can be.
 */
function resolversOf(schema: GraphQLSchema): Record<string, Record<string, unknown>> {
  const { fieldResolvers, queries, mutations } = getMetadataStorage();
  const named = new Set([...fieldResolvers, ...queries, ...mutations].map(({ schemaName }) => schemaName));
  const map = createResolversMap(schema) as Record<string, Record<string, unknown>>;
  for (const [name, fields] of Object.entries(map)) {
    if (!isObjectType(schema.getType(name))) continue;
    map[name] = Object.fromEntries(Object.entries(fields).filter(([field]) => named.has(field) || field.startsWith('__')));
  }
  return map;
}

/** Who asks past the gateway for what is no entity here is told so; Apollo would take it for a fault of the subgraph. */
function refuseStrangeEntities(schema: GraphQLSchema): void {
  const field = schema.getQueryType()?.getFields()._entities;
  const union = schema.getType('_Entity');
  if (!field?.resolve || !isUnionType(union)) return;
  const known = new Set<unknown>(union.getTypes().map(({ name }) => name));
  const resolve = field.resolve;
  field.resolve = (parent, args, ...rest) => {
    for (const { __typename } of args.representations as { __typename?: unknown }[]) {
      if (!known.has(__typename)) throw badInput('A representation must name an entity of this subgraph with __typename.');
    }
    return resolve(parent, args, ...rest);
  };
}

const federation = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
    import: ["@key", "@shareable", "@external", "@provides", "@requires"])
`;

export interface SubgraphSchema {
  schema: GraphQLSchema;
  sdl: string;
}

/** From classes to a federated, protected schema. */
export function buildProtectedSchema({ resolvers, entities, references, permissions, unaudited = [] }: SchemaParts): SubgraphSchema {
  const schema = buildSchemaSync({
    resolvers,
    orphanedTypes: entities,
    validate: false,
    skipCheck: true,
    scalarsMap: [
      { type: Date, scalar: DateTimeScalar },
    ],
  });
  const sdl = `${federation}${printSchemaWithDirectives(schema)}\n`;
  const map = resolversOf(schema);
  for (const [type, resolve] of Object.entries(references)) {
    map[type] = { ...map[type], __resolveReference: resolve };
  }
  Object.assign(map, { Date: DateScalar, DateTime: DateTimeScalar, JSON: JsonScalar, SafeInt });
  const federated = buildSubgraphSchema({ typeDefs: parse(sdl), resolvers: map as never });
  refuseStrangeEntities(federated);
  auditMutations(federated, unaudited); // within the guards: what is refused is recorded as a refusal
  return { schema: protect(federated, permissions), sdl };
}
