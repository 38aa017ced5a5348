import type { Caller } from '../subgraphs/shared/access/caller';
import type { Transaction } from '../subgraphs/shared/database/database';
import type { Period } from '../subgraphs/shared/period';
import { selectHierarchiesByKey } from '../subgraphs/hierarchy/hierarchies/hierarchy.queries';
import { locate } from '../subgraphs/hierarchy/nodes/locate';
import { selectChildren, type Node } from '../subgraphs/hierarchy/nodes/node.queries';
import { selectView } from '../subgraphs/hierarchy/nodes/view.queries';
import type { Source } from '../subgraphs/reporting/rollup/plan';
import type { Question } from '../subgraphs/reporting/rollup/sums.queries';
import { publicId } from '../subgraphs/shared/identifiers';
import type { MadeTenant } from './made';

export const administrator = ({ id, externalId }: MadeTenant): Caller => ({
  personId: 0,
  tenantId: id,
  tenantExternalId: externalId,
  tenantName: externalId,
  login: 'admin',
  roles: new Set(['ORG_ADMIN']),
  permissions: [],
  tenantWide: true,
  actsForPlatform: false,
});

export interface Wanted {
  hierarchy: string;
  group: number;
  intervals: readonly Period[];
  /** Where all of them are read; what the planner would choose need not be it. */
  source: Source;
}

/** A node with its children that are groups, asked about as a report asks. */
export async function questionOf(tx: Transaction, tenant: MadeTenant, wanted: Wanted): Promise<Question> {
  const { hierarchy, group, intervals, source } = wanted;
  const caller = administrator(tenant);
  const [row] = await selectHierarchiesByKey(tx, [hierarchy]);
  const view = await selectView(tx, caller, row!);
  const id = publicId('group', group);
  const node = (await locate({ tx, caller, view }, [id])).get(id)!.node;
  const pages = await selectChildren(tx, { view, parents: [group], bounds: { first: null, after: null } });
  const children = pages.get(group)!.nodes.filter(({ kind }) => kind === 'group');
  const asked = [node, ...children].map((of: Node) => ({ node: of, source }));
  return { caller, view, asked, filter: {}, intervals };
}
