import type { WorldCaller } from './callers';
import { figuresOf } from './figures';
import { chosen, itself, nodeIn, other, reader, refuse, type Judging, type Rule } from './judging';
import { byPlace, pageOf, text, type Connection } from './pages';
import { exportedPeriod } from './requested-exports';
import { wouldChange } from './rules-of-changes';
import { childrenOf, coveredClasses, locate, type WorldNode } from './worlds-of-callers';
import { now, type WorldExport, type WorldTenant } from './world';

/** The caller's own, of this tenant; super admins have asked for none. */
export const exportsOf = ({ tenant, person }: WorldCaller): WorldExport[] => tenant.exports.filter(({ requester }) => requester === person);

const header =
  'part,id,external_id,name,type,classes,average_score,score_sum,attempts,learners_scored,total_seconds,' +
  'collection_seconds,assessment_seconds,learners_timed,period_from,period_through,as_of,complete_from';

function nameOf({ key, name }: WorldTenant, { kind, placed }: WorldNode): { externalId: string; name: string; type: string } {
  if (placed) return { externalId: placed.externalId, name: placed.name, type: placed.kind === 'group' ? placed.type : 'class' };
  if (kind === 'tenant') return { externalId: key, name, type: kind };
  return { externalId: '', name: kind === 'scope' ? 'My view' : 'Other', type: kind === 'scopeOther' ? 'other' : kind };
}

/** The file of a caller's whole view, from the world's plain arrays. */
export function contentOf(maker: WorldCaller, nodeId: string): string {
  const { tenant } = maker;
  const hierarchy = tenant.ownHierarchy;
  const node = locate(maker, hierarchy, nodeId)!.node;
  const bucket = other(maker, hierarchy);
  const row = (part: string, of: WorldNode): string => {
    const { externalId, name, type } = nameOf(tenant, of);
    const figures = figuresOf(tenant, of.classes, exportedPeriod);
    const { scoreSum, attempts, learners, collectionSeconds, assessmentSeconds, timedLearners } = figures;
    return [
      ...[part, of.id, externalId, name, type, of.classes.filter(({ active }) => active).length],
      ...[attempts === 0 ? '' : scoreSum / attempts / 10_000, scoreSum / 10_000, attempts, learners],
      ...[collectionSeconds + assessmentSeconds, collectionSeconds, assessmentSeconds, timedLearners],
      ...[exportedPeriod.from, exportedPeriod.through, now.toISOString(), ''],
    ].join(',');
  };
  const children = [...childrenOf(maker, node)].sort(byPlace);
  const rows = [row('node', node), ...children.map(child => row('child', child)), ...(bucket ? [row('other', bucket)] : [])];
  return `\ufeff${[header, ...rows, ''].join('\r\n')}`;
}

/** Whether a caller sees now all that the file of a maker shows. */
export function seesFile(caller: WorldCaller, maker: WorldCaller, nodeId: string): boolean {
  const hierarchy = caller.tenant.ownHierarchy;
  if (!locate(caller, hierarchy, nodeId)?.visible) return false;
  const made = locate(maker, hierarchy, nodeId)!.node;
  const groups = childrenOf(maker, made).filter(({ kind }) => kind === 'group');
  return made.classes.every(klass => coveredClasses(caller).has(klass)) && groups.every(({ id }) => locate(caller, hierarchy, id)?.visible);
}

const own = ({ caller }: Judging, id: string): WorldExport | null => exportsOf(caller).find(known => known.id === id) ?? null;
const newestFirst = (a: WorldExport, b: WorldExport): number => -text(a.id, b.id);

interface Requested {
  input: { nodeId?: string | null; hierarchyId?: string | null };
}

export const rulesOfExports: Record<string, Rule> = {
  'Query.export': (_, { id }, judging) => {
    reader(judging);
    return own(judging, id);
  },
  'Query.exports': (_, { first, after }, judging) => {
    reader(judging);
    return pageOf({
      ...{ list: exportsOf(judging.caller), first, after, cursors: judging.cursors, question: JSON.stringify(['exports']) },
      ...{ compare: newestFirst, told: () => null },
    });
  },
  // Only with a period that ends before it begins: no file is ever asked for while the world is attacked.
  'Mutation.requestExport': (_, { input: { nodeId, hierarchyId } }: Requested, judging) => {
    reader(judging);
    if (nodeId) nodeIn(judging.caller, chosen(judging.caller, hierarchyId), nodeId);
    return refuse('BAD_USER_INPUT');
  },
  'Mutation.removeExport': (_, { id }, judging) => {
    reader(judging);
    return own(judging, id) ? wouldChange('exports') : refuse('NOT_FOUND');
  },
  'ExportConnection.nodes': ({ page }: Connection<WorldExport>) => page,
  'ExportConnection.pageInfo': itself,
  'ExportConnection.totalCount': ({ totalCount }: Connection<WorldExport>) => totalCount,
  'Export.id': ({ id }: WorldExport) => id,
  'Export.report': () => 'NODE_REPORT',
  'Export.format': () => 'CSV',
  'Export.nodeId': ({ nodeId }: WorldExport) => nodeId,
  'Export.node': ({ nodeId }: WorldExport, _, { caller }) => {
    const there = locate(caller, caller.tenant.ownHierarchy, nodeId);
    return there?.visible ? there.node : null;
  },
  'Export.hierarchyId': (_, __, { caller }) => caller.tenant.ownHierarchy,
  'Export.status': () => 'COMPLETED',
  'Export.progress': itself,
  'Export.reason': () => null,
  'Export.createdAt': () => now.toISOString(),
  'Export.asOf': () => now.toISOString(),
  'Export.expiresAt': () => new Date(now.getTime() + 7 * 86_400_000).toISOString(),
  'Export.fileName': ({ nodeId }: WorldExport) => `strata-node-report-${nodeId}-${exportedPeriod.from}-${exportedPeriod.through}.csv`,
  'Export.downloadUrl': ({ id }: WorldExport) => `/exports/${id}/file`,
};
