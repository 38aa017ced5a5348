import { getNamedType, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql';
import { publicId, type Kind } from '../identifiers';
import type { SubgraphContext } from '../subgraph/context';
import { writeAudit, type Deed } from './audit';
import { isAway } from './refusals';

/**
 * Has every mutation write its row of the audit log, in its own transaction, without a word in the mutation. A mutation
 * that writes nothing itself gets its row all the same. `unaudited` are those that are no administration: they get one
 * where a super admin sends them to another tenant, without what was sent.
 */
export function auditMutations(schema: GraphQLSchema, unaudited: readonly string[]): void {
  const fields = schema.getMutationType()?.getFields() ?? {};
  const unknown = unaudited.filter(name => !fields[name]);
  if (unknown.length > 0) throw new Error(`unaudited: there is no mutation ${unknown.join(', ')}`);
  for (const field of Object.values(fields)) {
    const parts = { name: field.name, type: getNamedType(field.type).name, resolve: field.resolve! };
    if (unaudited.includes(field.name)) field.resolve = auditedOnVisits(parts);
    else {
      field.extensions = { ...field.extensions, audited: true };
      field.resolve = audited(parts);
    }
  }
}

type Resolve = GraphQLFieldResolver<unknown, unknown, Record<string, unknown>>;

interface Parts {
  name: string;
  type: string;
  resolve: Resolve;
}

const audited =
  ({ name, type, resolve }: Parts): Resolve =>
  (parent, args, context, info) => {
    const { session, caller, now, from } = context as SubgraphContext;
    return session.recorded(
      async () => resolve(parent, args, context, info),
      (tx, result) => writeAudit(tx, deedOf({ name, type, args, result }), { now, person: caller, from }),
    );
  };

const auditedOnVisits =
  ({ name, type, resolve }: Parts): Resolve =>
  (parent, args, context, info) => {
    const { session, caller, now, from } = context as SubgraphContext;
    if (!isAway(caller)) return resolve(parent, args, context, info);
    const lengths = Object.entries(args).map(([key, value]) => [key, Array.isArray(value) ? value.length : undefined]);
    const deed = { action: name, resourceType: type, details: Object.fromEntries(lengths) as Record<string, unknown> };
    return session.recorded(
      async () => resolve(parent, args, context, info),
      tx => writeAudit(tx, deed, { now, person: caller, from }),
    );
  };

const usualNames = ['childId', 'classId', 'groupId', 'userId', 'studentId', 'hierarchyId'];
const kinds: Record<string, Kind> = { Group: 'group', Class: 'class', Student: 'person', Export: 'export' };

function deedOf({ name, type, args, result }: { name: string; type: string; args: Record<string, unknown>; result: unknown }): Deed {
  const own = `${type.charAt(0).toLowerCase()}${type.slice(1)}Id`;
  const named = ['id', own, ...usualNames].map(key => args[key]).find(id => typeof id === 'string') as string | undefined;
  return { action: name, resourceType: type, resourceId: named ?? idOf(type, result), details: { ...args } };
}

/** What was made has its id in what the write's work returns: a number of ours, an object with one, or a key. */
function idOf(type: string, result: unknown): string | undefined {
  const id = typeof result === 'object' && result !== null ? (result as { id?: unknown }).id : result;
  if (typeof id === 'string') return id;
  const kind = kinds[type];
  return typeof id === 'number' && kind ? publicId(kind, id) : undefined;
}
