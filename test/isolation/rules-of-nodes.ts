import { usualTimes } from '../../subgraphs/shared/retention/retention.queries';
import { roleNames } from '../../subgraphs/shared/access/roles';
import type { WorldCaller } from './callers';
import { changeTo, factsOf } from './figures';
import { chosen, itself, nodeIn, other, reader, refuse, tenantAdmin, usable, version, type Judging, type Rule } from './judging';
import { byPlace, pageOf, toldOfNode, type Connection } from './pages';
import { classOf, studentOf } from './rules-of-rosters';
import { learnerOf, studentGroupOf } from './rules-of-student-groups';
import { ancestorsOf, childrenOf, isUsed, locate, topmost, type WorldNode } from './worlds-of-callers';
import { hierarchies, type WorldGroup, type WorldTenant } from './world';

interface HierarchyKey {
  key: string;
}
const hierarchy = (key: string): HierarchyKey => (hierarchies[key] ? { key } : refuse('NOT_FOUND'));

interface Representation {
  __typename: string;
  id: string;
  hierarchyId: string;
}

const previewOf = (key: string, caller: WorldCaller) => (caller.tenantWide ? { preview: usable(caller, key) } : refuse('FORBIDDEN'));

const seenGroup = (caller: WorldCaller, group: WorldGroup): WorldGroup =>
  caller.tenantWide || locate(caller, chosen(caller), group.id)?.visible ? group : refuse('FORBIDDEN');

/** A group by itself, or one that something refers to: of that the id is told, and the rest to who sees the group. */
type AnyGroup = WorldGroup | { referred: WorldGroup };
const group = (what: (group: WorldGroup) => unknown): Rule => (of: AnyGroup, _, { caller }) =>
  what('referred' in of ? seenGroup(caller, of.referred) : of);

/** An entity as each subgraph must find it by its key, past the gateway and the fields by which one enters. */
const entities: Record<string, (key: Representation, judging: Judging) => unknown> = {
  HierarchyNode: ({ id, hierarchyId }, { caller }) => nodeIn(caller, chosen(caller, hierarchyId), id),
  Hierarchy: ({ id }) => (hierarchies[id] ? { key: id } : null),
  Viewer: ({ id }, { caller }) => (caller.person.id === id ? caller : null),
  Class: ({ id }, { caller }) => classOf(caller, id),
  // What somebody did is shown to others than who they are; each subgraph asks for itself.
  Student: ({ id }, { caller, at }) => (at === 'reporting' ? learnerOf(caller, id) : studentOf(caller, id)),
  StudentGroup: ({ id }, { caller }) => studentGroupOf(caller, id),
  Group: ({ id }, { caller }) => {
    const group = caller.tenant.groups.find(known => known.id === id);
    return group ? seenGroup(caller, group) : null;
  },
  HierarchyChangePreview: ({ hierarchyId }, { caller }) => previewOf(hierarchyId, caller),
};

/** Who somebody is, hierarchies, nodes, groups, settings. */
export const rulesOfNodes: Record<string, Rule> = {
  'Query.viewer': (_, __, { caller }) => caller,
  'Query.hierarchies': (_, { all }, { caller, permissions }) => {
    if (all && permissions && !caller.tenantWide) refuse('FORBIDDEN');
    const keys = Object.keys(hierarchies).filter(key => all || isUsed(caller.tenant, key));
    return keys.map(hierarchy).sort((a, b) => (hierarchies[a.key]!.name < hierarchies[b.key]!.name ? -1 : 1));
  },
  'Query.tenants': (_, __, { caller, tenants }) =>
    caller.roles.has('SUPER_ADMIN') ? [...tenants].sort((a, b) => a.name.localeCompare(b.name)) : refuse('FORBIDDEN'),
  'Query.hierarchy': (_, { id }, { caller }) => hierarchy(id ?? caller.tenant.ownHierarchy),
  'Query.hierarchyNode': (_, { id, hierarchyId }, judging) => {
    reader(judging);
    return nodeIn(judging.caller, chosen(judging.caller, hierarchyId), id);
  },
  'Query.hierarchyNodeByExternalId': (_, { type, externalId, hierarchyId }, judging) => {
    reader(judging);
    const { caller } = judging;
    const through = chosen(caller, hierarchyId);
    const things = type === 'class' ? caller.tenant.classes : caller.tenant.groups.filter(group => group.type === type);
    const found = things.find(thing => thing.externalId === externalId);
    return found ? nodeIn(caller, through, found.id) : null;
  },
  'Query.tenantSettings': () => ({}),
  'Query.hierarchyChangePreview': (_, { hierarchyId }, { caller }) => previewOf(hierarchyId, caller),
  'Query.buildProgress': (_, __, judging) => {
    tenantAdmin(judging);
    return null; // nothing is being built
  },
  'Query._service': () => ({}),
  'Query._entities': (_, { representations }: { representations: Representation[] }, judging) =>
    representations.map(key => {
      try {
        const found = entities[key.__typename]!(key, judging);
        return found && { __typename: key.__typename, found };
      } catch (error) {
        return error;
      }
    }),
  'Viewer.id': ({ person }: WorldCaller) => person.id,
  'Viewer.login': ({ person }: WorldCaller) => person.login,
  'Viewer.tenant': ({ tenant }: WorldCaller) => tenant,
  'Viewer.roles': ({ roles }: WorldCaller) => roleNames.filter(name => roles.has(name)),
  'Viewer.roots': (caller: WorldCaller, { hierarchyId }) =>
    topmost(caller, hierarchyId ? usable(caller, hierarchyId) : caller.tenant.ownHierarchy),
  'Tenant.id': ({ id }: WorldTenant) => id,
  'Tenant.name': ({ name }: WorldTenant) => name,
  'Hierarchy.id': ({ key }: HierarchyKey) => key,
  'Hierarchy.name': ({ key }: HierarchyKey) => hierarchies[key]!.name,
  'Hierarchy.description': ({ key }: HierarchyKey) => hierarchies[key]!.description,
  'Hierarchy.version': ({ key }: HierarchyKey, _, { caller }) => version(caller, key),
  'Hierarchy.levels': ({ key }: HierarchyKey) => [...hierarchies[key]!.levels, ['Class', 'class']],
  'Hierarchy.roots': ({ key }: HierarchyKey, _, { caller }) => topmost(caller, key),
  'Hierarchy.other': ({ key }: HierarchyKey, _, { caller }) =>
    isUsed(caller.tenant, key) || key === caller.tenant.ownHierarchy ? other(caller, key) : null,
  'HierarchyLevel.name': ([name]: string[]) => name,
  'HierarchyLevel.type': ([, type]: string[]) => type,
  'TenantSettings.version': () => 1,
  'TenantSettings.applicableHierarchy': (_, __, { caller }) => hierarchy(caller.tenant.ownHierarchy),
  'TenantSettings.timeZone': (_, __, { caller }) => caller.tenant.timeZone,
  'TenantSettings.retention': () => ({}),
  ...Object.fromEntries(Object.entries(usualTimes).map(([name, time]) => [`Retention.${name}`, () => time])),
  // Nothing has expired here.
  ...{ 'Retention.figuresFrom': () => null, 'Retention.competenciesFrom': () => null, 'Retention.eventIdsFrom': () => null },
  'HierarchyChangePreview.hierarchyId': ({ preview }) => preview,
  'HierarchyChangePreview.classesToOther': ({ preview }, _, { caller }) => changeTo(caller.tenant, preview).classesToOther,
  'HierarchyChangePreview.classesFromOther': ({ preview }, _, { caller }) => changeTo(caller.tenant, preview).classesFromOther,
  'HierarchyChangePreview.usersGainingAccess': ({ preview }, _, { caller }) => changeTo(caller.tenant, preview).usersGainingAccess,
  'HierarchyChangePreview.usersLosingAccess': ({ preview }, _, { caller }) => changeTo(caller.tenant, preview).usersLosingAccess,
  'HierarchyChangePreview.levelsToBuild': ({ preview }, _, { caller }) => (caller.tenant.stored ? [] : hierarchies[preview]!.levels
    .map(([, type]) => type).filter(type => !['block', 'cluster'].includes(type))),
  'HierarchyChangePreview.rowsToRead': (_, __, { caller }) => (caller.tenant.stored ? 0 : factsOf(caller.tenant)),
  'HierarchyNode.id': ({ id }: WorldNode) => id,
  'HierarchyNode.hierarchyId': (node: WorldNode) => node.hierarchy,
  'HierarchyNode.externalId': ({ placed, kind }: WorldNode, _, { caller }) => placed?.externalId ?? (kind === 'tenant' ? caller.tenant.key : null),
  'HierarchyNode.name': ({ placed, kind }: WorldNode, _, { caller }) =>
    placed?.name ?? { tenant: caller.tenant.name, scope: 'My view' }[kind as 'tenant' | 'scope'] ?? 'Other',
  'HierarchyNode.type': ({ placed, kind }: WorldNode) =>
    placed?.kind === 'group' ? placed.type : kind === 'scopeOther' ? 'other' : kind,
  'HierarchyNode.parent': (node: WorldNode, _, { caller }) => ancestorsOf(caller, node).at(-1) ?? null,
  'HierarchyNode.ancestors': (node: WorldNode, _, { caller }) => ancestorsOf(caller, node),
  'HierarchyNode.children': (node: WorldNode, { first, after }, { caller, cursors }) => {
    const question = JSON.stringify(['children', node.hierarchy, node.id]);
    return pageOf({ list: childrenOf(caller, node), first, after, question, cursors, compare: byPlace, told: toldOfNode });
  },
  'HierarchyNode.classCount': ({ classes }: WorldNode) => classes.filter(({ active }) => active).length,
  'HierarchyNodeConnection.nodes': ({ page }: Connection) => page,
  'HierarchyNodeConnection.pageInfo': itself,
  'HierarchyNodeConnection.totalCount': ({ totalCount }: Connection) => totalCount,
  'PageInfo.hasNextPage': ({ hasNextPage }: Connection) => hasNextPage,
  'PageInfo.endCursor': ({ end }: Connection) => end,
  'Group.id': (of: AnyGroup) => ('referred' in of ? of.referred : of).id,
  'Group.externalId': group(({ externalId }) => externalId),
  'Group.type': group(({ type }) => type),
  'Group.name': group(({ name }) => name),
  'Group.code': group(({ code }) => code),
};
