import { getNamedType, isLeafType, isObjectType, isUnionType, type GraphQLField, type GraphQLNamedType, type GraphQLObjectType } from 'graphql';
import { aValue, anyOf, chance, type Hand } from './arguments';
import type { Argument, Document, Field, Selection } from './documents';

/** Fields that are asked for less often: refused, each takes the whole answer with it. */
const seldom = new Set(['tenants', 'hierarchyChangePreview', '_service']);

/** Fields of the tenant's administrators: anybody else asks for them less often, for the same reason. */
const administrators = new Set(['groups', 'people', 'grants', 'auditLog', 'buildProgress', 'orgTypes']);

/** Room for one document: what the limits of the door allow, and a plan can be made for in a blink. */
interface Room {
  fields: number;
  aliases: number;
}

/** A random query of the schema: aliases, fragments, variables, whatever arguments there are. */
export function randomQuery(hand: Hand): Document {
  const room: Room = { fields: 28, aliases: 0 };
  const root = hand.schema.getQueryType()!;
  const fields = fieldsOf(root);
  const often = fields.filter(({ name }) => {
    if (!hand.asked.has(`${root.name}.${name}`)) return true;
    return !seldom.has(name) && (hand.caller.tenantWide || !administrators.has(name));
  });
  const count = 1 + hand.random.below(3);
  // What nobody was answered yet comes up sooner.
  const fresh = often.filter(({ name, type }) => isFresh(hand, root, { name, type }));
  const chosen = Array.from({ length: count }, () => anyOf(hand, fresh.length > 0 && chance(hand, 4) ? fresh : chance(hand, 8) ? fields : often));
  // Twice the same field in one request: what is remembered of the one must not count for the other.
  if (chance(hand, 3)) chosen.push(chosen[0]!);
  const selections = chosen.map(field => aField(hand, { field, owner: root, room, depth: 0 }));
  return { operation: 'query', selections: wrapped(hand, root, selections) };
}

/** A random selection of a type, for what the root fields of a document lead to. */
export function selectionOf(hand: Hand, type: GraphQLNamedType): Selection[] {
  return selections(hand, { type, room: { fields: 12, aliases: 0 }, depth: 2 });
}

const fieldsOf = (type: GraphQLObjectType): GraphQLField<unknown, unknown>[] => Object.values(type.getFields());

const deepest = 6;

interface Place {
  type: GraphQLNamedType;
  room: Room;
  depth: number;
}

function selections(hand: Hand, { type, room, depth }: Place): Selection[] {
  if (isUnionType(type)) {
    const known = type.getTypes();
    const types = known.filter(() => !chance(hand, 4));
    const asked = types.length > 0 ? types : [known[0]!];
    return [
      { kind: 'field', alias: null, name: '__typename', args: [], selections: [] },
      ...asked.map(each => ({
        ...{ kind: 'inline' as const, on: each.name },
        selections: selections(hand, { type: each, room, depth }).map(selection => apart(selection, room)),
      })),
    ];
  }
  if (!isObjectType(type)) return [];
  const fields = fieldsOf(type);
  const leaves = fields.filter(field => isLeafType(getNamedType(field.type)));
  const deeper = fields.filter(field => !leaves.includes(field));
  const wanted = new Set<GraphQLField<unknown, unknown>>();
  const isNew = (field: GraphQLField<unknown, unknown>) => isFresh(hand, type, field);
  for (const leaf of leaves) if (isNew(leaf) || chance(hand, 2)) wanted.add(leaf);
  const fresh = deeper.filter(isNew);
  const chosen = fresh.length > 0 ? 1 + hand.random.below(3) : hand.random.below(depth < 2 ? 4 : 3);
  const branches = depth >= deepest || room.fields <= 0 ? 0 : chosen;
  for (let n = 0; n < branches && deeper.length > 0; n++) wanted.add(anyOf(hand, fresh.length > 0 ? fresh : deeper));
  if (wanted.size === 0) {
    if (leaves.length > 0) wanted.add(leaves[0]!);
    else if (deeper.length > 0) wanted.add(anyOf(hand, deeper));
  }
  const made = [...wanted].map(field => aField(hand, { field, owner: type, room, depth }));
  // The same field again, under another name and with other arguments.
  const again = [...wanted].find(field => field.args.length > 0);
  if (again && room.fields > 0 && chance(hand, 3)) made.push(aField(hand, { field: again, owner: type, room, depth: depth + 2 }));
  if (made.length === 0 || chance(hand, 8)) made.push({ kind: 'field', alias: null, name: '__typename', args: [], selections: [] });
  return wrapped(hand, type, made);
}

/** Fields of two types of a union must not meet under one name. */
const apart = (selection: Selection, room: Room): Selection =>
  selection.kind === 'field'
    ? { ...selection, alias: selection.alias ?? `a${room.aliases++}` }
    : { ...selection, selections: selection.selections.map(each => apart(each, room)) };

/** What nobody has asked for, or what has not been answered yet: itself, or something right below it. */
function isFresh(hand: Hand, owner: GraphQLObjectType, { name, type }: { name: string; type: GraphQLField<unknown, unknown>['type'] }): boolean {
  const isNew = (field: string) => !hand.asked.has(field) || (chance(hand, 2) && !(hand.valued?.has(field) ?? true));
  const below = getNamedType(type);
  return isNew(`${owner.name}.${name}`) || (isObjectType(below) && fieldsOf(below).some(each => isNew(`${below.name}.${each.name}`)));
}

interface FieldPlace {
  field: GraphQLField<unknown, unknown>;
  owner: GraphQLObjectType;
  room: Room;
  depth: number;
}

function aField(hand: Hand, { field, owner, room, depth }: FieldPlace): Field {
  room.fields--;
  hand.asked.add(`${owner.name}.${field.name}`);
  const type = getNamedType(field.type);
  const args = field.args.flatMap((argument): Argument[] => {
    const value = aValue(hand, argument, owner === hand.schema.getQueryType() ? `Query.${field.name}` : owner.name);
    if (value === undefined) return [];
    const printed = String(argument.type);
    return [{ name: argument.name, type: printed, value, variable: printed.includes('_Any') || chance(hand, 2) }];
  });
  // What has arguments, or stands at the root, has a name of its own: two of them never meet.
  const named = args.length > 0 || field.args.length > 0 || depth === 0;
  const alias = named ? `a${room.aliases++}` : null;
  return { kind: 'field', alias, name: field.name, args, selections: selections(hand, { type, room, depth: depth + 1 }) };
}

/** Puts some of the selections into a fragment. */
function wrapped(hand: Hand, type: GraphQLObjectType, list: Selection[]): Selection[] {
  if (!chance(hand, 4)) return list;
  const cut = hand.random.below(list.length);
  const kind = anyOf(hand, ['inline', 'named'] as const);
  return [...list.slice(0, cut), { kind, on: type.name, selections: list.slice(cut) }];
}
