import { getNamedType, getNullableType, isEnumType, isInputObjectType, isListType, isNonNullType, isUnionType, type GraphQLArgument, type GraphQLInputField, type GraphQLInputType, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import type { Random } from '../../cli/generate/random';
import type { WorldCaller } from './callers';
import type { CursorBook } from './pages';
import { coveredClasses, otherId, standing, wholeViewId } from './worlds-of-callers';
import { deedsThatRest } from './world-roster';
import { hierarchies, type World, type WorldTenant } from './world';

/** What arguments are made of: whatever of the world a caller could know, guess or have been told by somebody else. */
export interface Hand {
  /** Everybody there is. */
  callers: WorldCaller[];
  world: World;
  random: Random;
  /** Whose point of view arguments are chosen from; others send them, too. */
  caller: WorldCaller;
  cursors: CursorBook;
  schema: GraphQLSchema;
  /** The fields that were asked for; others are preferred. */
  asked: Set<string>;
  /** Those that had a value. */
  valued?: ReadonlySet<string>;
}

export const anyOf = <T>({ random }: Pick<Hand, 'random'>, list: readonly T[]): T => list[random.below(list.length)]!;
export const chance = ({ random }: Pick<Hand, 'random'>, oneIn: number): boolean => random.below(oneIn) === 0;

const madeUp = ['g0zzzzz', 'k0zzzzz', 'p0zzzzz', 't0zzzzz', 's0zzzzz', 'x', '', '0', "' or 1=1 --", 'g000000', 'null', 'G000001'];

const everyId = ({ id, groups, classes, people, series, studentGroups, competencies }: WorldTenant): string[] => [
  ...[id, `o${id.slice(1)}`],
  ...[...groups, ...classes, ...people, ...series, ...studentGroups, ...competencies].map(thing => thing.id),
];

/** An id: the caller's to see, its neighbours', another tenant's, of another kind, of another person's view, or nobody's. */
export function anId(hand: Hand): string {
  const { caller, random, world } = hand;
  const { tenant } = caller;
  const dice = random.below(100);
  if (dice < 40 && coveredClasses(caller).size > 0) return anyOf(hand, [...coveredClasses(caller)]).id;
  if (dice < 60 && tenant.groups.length > 0) {
    const through = anyOf(hand, Object.keys(tenant.parents));
    const stands = standing(tenant, through);
    return anyOf(hand, stands.length > 0 ? stands : tenant.groups).id;
  }
  if (dice < 70) return anyOf(hand, [wholeViewId(caller), otherId(caller), tenant.id, `o${tenant.id.slice(1)}`, caller.person.id]);
  if (dice < 80) return anyOf(hand, everyId(tenant));
  if (dice < 92) return anyOf(hand, everyId(anyOf(hand, world.tenants)));
  if (dice < 96) {
    const { id } = anyOf(hand, anyOf(hand, world.tenants).people);
    return anyOf(hand, ['s', 'u', 'c', 'g', 'k']) + id.slice(1);
  }
  return anyOf(hand, madeUp);
}

const aHierarchy = (hand: Hand): string => {
  const used = Object.keys(hand.caller.tenant.parents);
  if (used.length > 0 && !chance(hand, 15)) return anyOf(hand, used);
  return anyOf(hand, [...Object.keys(hierarchies), 'none']);
};

/** A word of the caller's tenant, or of another. */
function aWord(hand: Hand, of: (tenant: WorldTenant) => (string | null)[]): string {
  const tenant = chance(hand, 8) ? anyOf(hand, hand.world.tenants) : hand.caller.tenant;
  const words = of(tenant).filter(word => word !== null);
  return words.length > 0 ? anyOf(hand, words) : 'nothing';
}

/** One of a kind, mostly of the caller's tenant; sometimes any id there is. */
const idOf = (of: (tenant: WorldTenant) => { id: string }[]) => (hand: Hand): string => {
  const tenant = chance(hand, 5) ? anyOf(hand, hand.world.tenants) : hand.caller.tenant;
  const there = of(tenant);
  return there.length === 0 || chance(hand, 10) ? anId(hand) : anyOf(hand, there).id;
};
const aClass = (hand: Hand): string =>
  coveredClasses(hand.caller).size > 0 && !chance(hand, 3) ? anyOf(hand, [...coveredClasses(hand.caller)]).id : idOf(({ classes }) => classes)(hand);
const aPerson = (hand: Hand): string => (chance(hand, 5) ? hand.caller.person.id : idOf(({ people }) => people)(hand));
const aLearner = (hand: Hand): string =>
  chance(hand, 4) ? aPerson(hand) : idOf(({ people }) => people.filter(({ roles }) => roles.includes('LEARNER')))(hand);
const anExport = idOf(({ exports }) => exports);
const aStudentGroup = idOf(({ studentGroups }) => studentGroups);
const aCursor = (hand: Hand): string => {
  const known = [...hand.cursors.keys()];
  if (known.length === 0 || chance(hand, 10)) return anyOf(hand, ['nonsense', 'WyJ4IiwxXQ', '']);
  return anyOf(hand, chance(hand, 3) ? known : known.slice(-20));
};

/** What an argument named id is of, by the field that has it. */
const idsOf: Record<string, string> = {
  ...{ Hierarchy: 'hierarchyId', 'Query.hierarchy': 'hierarchyId', 'Query.class': 'classId', 'Query.student': 'studentId', 'Query.export': 'exportId' },
};

const byName: Record<string, (hand: Hand) => unknown> = {
  ...{ classId: aClass, studentId: aLearner, performedById: aPerson, testSeriesId: idOf(({ series }) => series) },
  actions: hand => anyOf(hand, deedsThatRest),
  lastDays: hand => anyOf(hand, [1, 30, 60, 36_500, ...(chance(hand, 4) ? [0, -1, 36_501] : [])]),
  search: hand => aWord(hand, ({ groups, people }) => [...groups, ...people].map(thing => ('login' in thing ? thing.login : thing.name)).flatMap(word => [word, word.slice(1, 4)])),
  userId: aPerson,
  teacherId: hand => {
    if (hand.caller.roles.has('TEACHER') && !chance(hand, 3)) return hand.caller.person.id;
    return chance(hand, 4) ? aPerson(hand) : idOf(({ people }) => people.filter(({ roles }) => roles.includes('TEACHER')))(hand);
  },
  exportId: anExport,
  schoolYear: hand => 2025 + hand.random.below(3),
  firstCompetencies: hand => anyOf(hand, [0, 1, 3, 50, 100, ...(chance(hand, 8) ? [-1, 101] : [])]),
  afterCompetencies: aCursor,
  hierarchyId: aHierarchy,
  first: hand => anyOf(hand, [0, 1, 2, 3, 50, 50, 1_000, ...(chance(hand, 8) ? [-1, 1_001] : [])]),
  after: aCursor,
  externalId: hand => aWord(hand, ({ groups, classes }) => [...groups, ...classes].map(thing => thing.externalId)),
  type: hand => anyOf(hand, ['country', 'state', 'district', 'school', 'class', 'other']),
  pastPeriod: hand =>
    chance(hand, 8) ? byType.PeriodInput!(hand) : { from: `2026-0${1 + hand.random.below(2)}-05`, through: `2026-03-${10 + hand.random.below(10)}` },
  subject: hand => aWord(hand, ({ events, competencies }) => [...events, ...competencies].map(({ subject }) => subject)),
  contentSource: hand => aWord(hand, ({ events }) => events.map(({ contentSource }) => contentSource)),
  framework: hand => aWord(hand, ({ competencies }) => competencies.map(({ framework }) => framework)),
};

const aDay = (hand: Hand): string =>
  `2026-0${1 + hand.random.below(3)}-${String(1 + hand.random.below(28)).padStart(2, '0')}`;

const ofEntity: Record<string, (hand: Hand) => string> = {
  ...{ Hierarchy: aHierarchy, Class: aClass, Student: aLearner, StudentGroup: aStudentGroup },
  Viewer: hand => anyOf(hand, [hand.caller.person.id, anId(hand)]),
};

const byType: Record<string, (hand: Hand) => unknown> = {
  PeriodInput: hand => {
    if (chance(hand, 3)) return { from: '2026-01-01', through: '2026-12-31' };
    const days = [aDay(hand), aDay(hand)].sort();
    return chance(hand, 15) ? { from: '2026-03-02', through: '2026-03-01' } : { from: days[0], through: days[1] };
  },
  ID: anId,
  Date: aDay,
  Boolean: hand => chance(hand, 2),
  Int: hand => hand.random.below(20),
  SafeInt: hand => hand.random.below(20),
  String: hand => aWord(hand, ({ groups, people }) => [...groups.map(({ name }) => name), ...people.map(({ login }) => login)]),
  _Any: hand => {
    const union = hand.schema.getType('_Entity');
    const __typename = isUnionType(union) ? anyOf(hand, union.getTypes().filter(type => !isStub(type))).name : 'HierarchyNode';
    // Whatever a key may be made of; of what has no such key, it says nothing.
    const id = (Object.hasOwn(ofEntity, __typename) ? ofEntity[__typename]! : anId)(hand);
    return { __typename, id, hierarchyId: aHierarchy(hand) };
  },
};

/** One in so many times they are given; a cursor is mostly of another list than this one. */
const seldomGiven: Record<string, number> = { after: 8, afterCompetencies: 8, all: 5, contentSource: 4 };

/** What is done while the world is attacked stands in this log, too: it is asked for what rests. */
const alwaysGiven = 'Query.auditLog actions';

/** A type of another subgraph of which this one knows no more than the key: by reference, an echo of it. */
const isStub = (type: GraphQLObjectType): boolean => Object.keys(type.getFields()).length === 1;

const known = (by: Record<string, (hand: Hand) => unknown>, name: string) => (Object.hasOwn(by, name) ? by[name] : undefined);

/** What an argument is of, where its name alone does not say so: trends of analytics end today at the latest. */
const nameFor = (name: string, owner: string): string => {
  if (name === 'id') return idsOf[owner] ?? 'id';
  return name === 'period' && owner.endsWith('Analytics') ? 'pastPeriod' : name;
};

/** A value for an argument, or undefined where it is left out. */
export function aValue(hand: Hand, argument: GraphQLArgument | GraphQLInputField, owner: string): unknown {
  const required = (isNonNullType(argument.type) && argument.defaultValue === undefined) || `${owner} ${argument.name}` === alwaysGiven;
  if (!required && !chance(hand, seldomGiven[argument.name] ?? 2)) return undefined;
  if (!isNonNullType(argument.type) && !required && chance(hand, 12)) return null;
  return ofType(hand, argument.type, nameFor(argument.name, owner));
}

function ofType(hand: Hand, type: GraphQLInputType, name: string): unknown {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return Array.from({ length: 1 + hand.random.below(5) }, () => ofType(hand, nullable.ofType, name));
  const named = getNamedType(nullable);
  const made = (isEnumType(named) ? undefined : known(byName, name)) ?? known(byType, named.name);
  if (made) return made(hand);
  if (isEnumType(named)) return anyOf(hand, named.getValues()).value;
  if (!isInputObjectType(named)) throw new Error(`test/isolation/arguments.ts knows no value for ${named.name}`);
  const fields = Object.values(named.getFields()).map(field => [field.name, aValue(hand, field, named.name)] as const);
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
}
