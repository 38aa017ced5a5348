import { isObjectType, type GraphQLField, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql';
import { deny, shield, type IRule, type IRules, type and } from 'graphql-shield';
import { forbidden } from '../errors';

type ShieldRule = IRule | ReturnType<typeof and>;

/**
 * Stands where a rule could: the field holds part of an object that was reached through a guarded field, and says
 * nothing more about it. Such fields are not wrapped; a rule on each number of a report would cost a third of its time.
 */
export const withItsParent = Symbol('with its parent');

export type FieldPermission = ShieldRule | typeof withItsParent;
export type Permissions = Record<string, FieldPermission | Record<string, FieldPermission>>;

type Middleware = (resolve: () => unknown, ...field: [parent: unknown, args: unknown, context: unknown, info: unknown]) => unknown;

const isFieldMap = (entry: Permissions[string]): entry is Record<string, FieldPermission> =>
  typeof entry === 'object' && !('resolve' in entry);

/**
 * Puts a subgraph's permissions onto its schema. Every type and field is closed until it has a line: one that has none
 * is refused to everybody, and a line for something that does not exist is an error.
 */
export function protect(schema: GraphQLSchema, permissions: Permissions): GraphQLSchema {
  const rules: Record<string, Record<string, ShieldRule>> = {};
  const open = new Set<GraphQLField<unknown, unknown>>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    const entry = permissions[type.name] ?? deny;
    const ofType = (rules[type.name] = {} as Record<string, ShieldRule>);
    for (const field of Object.values(type.getFields())) {
      const permission = isFieldMap(entry) ? (entry[field.name] ?? entry['*'] ?? deny) : entry;
      if (permission === withItsParent) open.add(field);
      else ofType[field.name] = permission;
    }
  }
  refuseLinesForNothing(schema, permissions);

  const generator = shield(rules as IRules, {
    allowExternalErrors: true,
    fallbackRule: deny as unknown as IRule,
    fallbackError: async error => (error instanceof Error ? error : forbidden()),
  }) as unknown as { generate(schema: GraphQLSchema): Record<string, Record<string, Middleware | { resolve: Middleware }>> };
  const middleware = generator.generate(schema);
  for (const [typeName, fields] of Object.entries(middleware)) {
    const type = schema.getType(typeName);
    if (!isObjectType(type)) continue;
    for (const [name, guard] of Object.entries(fields)) {
      const field = type.getFields()[name]!;
      // A rule made of rules comes as an object that holds the guard.
      if (!open.has(field)) field.resolve = guarded(field.resolve, typeof guard === 'function' ? guard : guard.resolve);
    }
  }
  return schema;
}

const guarded =
  (resolve: GraphQLFieldResolver<unknown, unknown> | undefined, guard: Middleware): GraphQLFieldResolver<unknown, unknown> =>
  (parent, args, context, info) =>
    guard(
      () => (resolve ? resolve(parent, args, context, info) : (parent as Record<string, unknown>)[info.fieldName]),
      parent,
      args,
      context,
      info,
    );

function refuseLinesForNothing(schema: GraphQLSchema, permissions: Permissions): void {
  for (const [typeName, entry] of Object.entries(permissions)) {
    const type = schema.getType(typeName);
    if (!isObjectType(type)) throw new Error(`permissions: there is no type ${typeName}`);
    if (!isFieldMap(entry)) continue;
    for (const field of Object.keys(entry)) {
      if (field !== '*' && !type.getFields()[field]) throw new Error(`permissions: there is no field ${typeName}.${field}`);
    }
  }
}
