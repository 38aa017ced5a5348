import type { WorldCaller } from './callers';
import { hierarchies, type Placed, type WorldClass, type WorldGroup, type WorldTenant } from './world';

/**
 * What each caller may see, by the rules in plain words and by brute force: no index, no number, nothing of the
 * service's own way of finding it out.
 */

/** What a placed thing hangs under; null for a root and for what is not placed. */
export const parentOf = ({ parents }: WorldTenant, hierarchy: string, placed: Placed): WorldGroup | null =>
  parents[hierarchy]?.get(placed) ?? null;

export const isUsed = ({ parents }: WorldTenant, hierarchy: string): boolean => (parents[hierarchy]?.size ?? 0) > 0;

/** From the root down to a group, itself last; null where no root is reached. */
export const pathTo = remembering((tenant: WorldTenant, hierarchy: string, group: WorldGroup): WorldGroup[] | null => {
  const path: WorldGroup[] = [];
  for (let at: WorldGroup | null = group; at; at = parentOf(tenant, hierarchy, at)) path.unshift(at);
  const root = path[0]!;
  const placed = tenant.parents[hierarchy] ?? new Map<Placed, WorldGroup | null>();
  const isRoot = placed.get(root) === null || [...placed.values()].includes(root);
  return root.type === hierarchies[hierarchy]!.levels[0]![1] && isRoot ? path : null;
});

/** The groups above a class, root first; empty where this hierarchy leaves it uncategorised. */
export function pathOfClass(tenant: WorldTenant, hierarchy: string, klass: WorldClass): WorldGroup[] {
  const parent = parentOf(tenant, hierarchy, klass);
  return parent ? (pathTo(tenant, hierarchy, parent) ?? []) : [];
}

/** The groups that stand in a hierarchy. */
export const standing = remembering((tenant: WorldTenant, hierarchy: string): WorldGroup[] =>
  tenant.groups.filter(group => pathTo(tenant, hierarchy, group) !== null));

export const classesBelow = remembering((tenant: WorldTenant, hierarchy: string, group: WorldGroup): WorldClass[] =>
  tenant.classes.filter(klass => pathOfClass(tenant, hierarchy, klass).includes(group)));

/** Whether the roles let somebody hold grants at all. */
const holdsGrants = ({ roles }: WorldCaller): boolean =>
  (['OFFICER', 'PARTNER', 'TEACHER'] as const).some(role => roles.has(role));

export const grantsOf = (caller: WorldCaller): WorldGroup[] => (holdsGrants(caller) ? caller.person.grants : []);

/** The classes a group covers, where `own` is the tenant's hierarchy. */
export function coveredBy(tenant: WorldTenant, own: string, group: WorldGroup): WorldClass[] {
  const through = pathTo(tenant, own, group) ? [own] : Object.keys(tenant.parents);
  return through.flatMap(hierarchy => (pathTo(tenant, hierarchy, group) ? classesBelow(tenant, hierarchy, group) : []));
}

export const coveredClasses = remembering((caller: WorldCaller): Set<WorldClass> => {
  const { tenant, person, roles } = caller;
  if (caller.tenantWide) return new Set(tenant.classes);
  const taught = tenant.enrolments.filter(({ type, endedAt, ...of }) => of.person === person && type === 'TEACHER' && endedAt === null);
  return new Set([
    ...grantsOf(caller).flatMap(group => coveredBy(tenant, tenant.ownHierarchy, group)),
    ...(roles.has('TEACHER') ? taught.map(({ klass }) => klass).filter(({ active }) => active) : []),
  ]);
});

/** The groups that a grant covers, itself and those below, where it stands; `own` hierarchies go first, as for classes. */
export function groupsCoveredBy(tenant: WorldTenant, group: WorldGroup): WorldGroup[] {
  const through = pathTo(tenant, tenant.ownHierarchy, group) ? [tenant.ownHierarchy] : Object.keys(tenant.parents);
  return [group, ...through.flatMap(hierarchy => tenant.groups.filter(known => pathTo(tenant, hierarchy, known)?.includes(group)))];
}

/** The schools that somebody may write student groups for: all, or those granted and those below a grant. */
export function permittedSchools(caller: WorldCaller): WorldGroup[] {
  const { tenant, tenantWide } = caller;
  const covered = grantsOf(caller).flatMap(group => groupsCoveredBy(tenant, group));
  return tenant.groups.filter(group => group.type === 'school' && (tenantWide || covered.includes(group)));
}

/** A node with classes is seen when all of them are covered; one without, when it is granted or below a granted one. */
export const seesGroup = remembering((caller: WorldCaller, hierarchy: string, group: WorldGroup): boolean => {
  if (caller.tenantWide) return true;
  const below = classesBelow(caller.tenant, hierarchy, group);
  if (below.length > 0) return below.every(klass => coveredClasses(caller).has(klass));
  return pathTo(caller.tenant, hierarchy, group)!.some(above => grantsOf(caller).includes(above));
});

const uncategorised = (tenant: WorldTenant, hierarchy: string): WorldClass[] =>
  tenant.classes.filter(klass => pathOfClass(tenant, hierarchy, klass).length === 0);

export const ownUncategorised = remembering((caller: WorldCaller, hierarchy: string): WorldClass[] =>
  uncategorised(caller.tenant, hierarchy).filter(klass => coveredClasses(caller).has(klass)));

export const seesNothing = (caller: WorldCaller, hierarchy: string): boolean =>
  !caller.tenantWide &&
  coveredClasses(caller).size === 0 &&
  standing(caller.tenant, hierarchy).every(group => !seesGroup(caller, hierarchy, group));

/** A node: something placed, or one of those that no placement makes. */
export interface WorldNode {
  hierarchy: string;
  kind: 'group' | 'class' | 'tenant' | 'scope' | 'other' | 'scopeOther';
  id: string;
  /** Of a group or class. */
  placed: Placed | null;
  /** At or below it, inactive ones too. */
  classes: WorldClass[];
}

const idOf = (letter: string, { id }: { id: string }): string => letter + id.slice(1);

export const wholeViewId = ({ tenantWide, tenant, person }: WorldCaller): string =>
  tenantWide ? tenant.id : idOf('s', person);
export const otherId = ({ tenantWide, tenant, person }: WorldCaller): string =>
  tenantWide ? idOf('o', tenant) : idOf('u', person);

/** The node with an id, and whether it is seen; null where there is none for this caller. */
export const locate = remembering((caller: WorldCaller, hierarchy: string, id: string): { node: WorldNode; visible: boolean } | null => {
  const { tenant, tenantWide } = caller;
  const found = (node: Omit<WorldNode, 'hierarchy' | 'id'>, visible: boolean) => ({ node: { ...node, hierarchy, id }, visible });
  const group = tenant.groups.find(known => known.id === id);
  if (group) {
    if (!pathTo(tenant, hierarchy, group)) return null;
    const classes = classesBelow(tenant, hierarchy, group);
    return found({ kind: 'group', placed: group, classes }, seesGroup(caller, hierarchy, group));
  }
  const klass = tenant.classes.find(known => known.id === id);
  if (klass) return found({ kind: 'class', placed: klass, classes: [klass] }, coveredClasses(caller).has(klass));
  const loose = uncategorised(tenant, hierarchy);
  const own = ownUncategorised(caller, hierarchy);
  if (id === tenant.id) return found({ kind: 'tenant', placed: null, classes: tenant.classes }, tenantWide);
  if (id === idOf('o', tenant)) {
    return found({ kind: 'other', placed: null, classes: loose }, tenantWide || (own.length > 0 && own.length === loose.length));
  }
  if (tenantWide) return null;
  if (id === wholeViewId(caller)) {
    return found({ kind: 'scope', placed: null, classes: [...coveredClasses(caller)] }, !seesNothing(caller, hierarchy));
  }
  if (id === otherId(caller) && own.length > 0) return found({ kind: 'scopeOther', placed: null, classes: own }, true);
  return null;
});

export const nodeOf = (caller: WorldCaller, hierarchy: string, { id }: { id: string }): WorldNode =>
  locate(caller, hierarchy, id)!.node;

/** Where the caller's view begins. */
export function topmost(caller: WorldCaller, hierarchy: string): WorldNode[] {
  const { tenant } = caller;
  const groups = standing(tenant, hierarchy).filter(group => seesGroup(caller, hierarchy, group));
  const parent = (placed: Placed) => parentOf(tenant, hierarchy, placed);
  if (caller.tenantWide) return nodes(caller, hierarchy, groups.filter(group => parent(group) === null));
  const hangsUnseen = (placed: Placed) => !groups.includes(parent(placed) as WorldGroup);
  const classes = [...coveredClasses(caller)].filter(klass => pathOfClass(tenant, hierarchy, klass).length > 0);
  return nodes(caller, hierarchy, [...groups, ...classes].filter(hangsUnseen));
}

/** A node's children as the caller sees them, by level, name and number. */
export const childrenOf = remembering((caller: WorldCaller, { kind, hierarchy, placed, classes }: WorldNode): WorldNode[] => {
  if (kind === 'class') return [];
  if (kind === 'tenant' || kind === 'scope') return topmost(caller, hierarchy);
  if (kind !== 'group') return nodes(caller, hierarchy, classes.filter(klass => coveredClasses(caller).has(klass)));
  const { tenant } = caller;
  const under = (child: Placed) => parentOf(tenant, hierarchy, child) === placed;
  const groups = standing(tenant, hierarchy).filter(group => under(group) && seesGroup(caller, hierarchy, group));
  const hung = tenant.classes.filter(klass => under(klass) && coveredClasses(caller).has(klass));
  return nodes(caller, hierarchy, [...groups, ...hung]);
});

/** From the edge of the view down to the parent. */
export function ancestorsOf(caller: WorldCaller, { hierarchy, placed }: WorldNode): WorldNode[] {
  if (!placed) return [];
  if (placed.kind === 'group') {
    const above = pathTo(caller.tenant, hierarchy, placed)!.slice(0, -1);
    return above.filter(group => seesGroup(caller, hierarchy, group)).map(group => nodeOf(caller, hierarchy, group));
  }
  const above = pathOfClass(caller.tenant, hierarchy, placed);
  if (above.length === 0) return [locate(caller, hierarchy, otherId(caller))!.node];
  return above.filter(group => seesGroup(caller, hierarchy, group)).map(group => nodeOf(caller, hierarchy, group));
}

export const levelOf = ({ hierarchy, placed }: WorldNode): number =>
  placed?.kind === 'group' ? hierarchies[hierarchy]!.levels.findIndex(([, type]) => type === placed.type) : 100;

const nodes = (caller: WorldCaller, hierarchy: string, placed: Placed[]): WorldNode[] =>
  placed
    .map(each => nodeOf(caller, hierarchy, each))
    .sort((a, b) => levelOf(a) - levelOf(b) || (a.placed!.name < b.placed!.name ? -1 : 1));

/** Remembers what was found out, for as long as the world lives: it does not change. */
export function remembering<Arguments extends unknown[], Result>(find: (...about: Arguments) => Result) {
  const numbers = new WeakMap<object, number>();
  let next = 0;
  const keyOf = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (!numbers.has(value)) numbers.set(value, next++);
    return numbers.get(value);
  };
  const known = new Map<string, Result>();
  return (...about: Arguments): Result => {
    const key = JSON.stringify(about.map(keyOf));
    if (!known.has(key)) known.set(key, find(...about));
    return known.get(key)!;
  };
}
