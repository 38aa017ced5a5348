import type { Caller } from '../../shared/access/caller';
import type { Database } from '../../shared/database/database';
import { Session } from '../../shared/database/session';
import { addDays, type Period } from '../../shared/period';
import { explainCounts, type CountsExplanation } from '../competency-counts/explain-counts';
import { keptFigures, visibleParts } from '../retention/kept-figures';
import { bucketsOf, coverOf } from './cover';
import { selectLeafRows, selectOwnerRows, type LeafRows, type OwnerRows, type Told } from './explain.queries';
import { figureLoaders } from './figures.loader';
import { planNode, type Source } from './plan';
import { noSums, type Sums } from './sums';
import { selectSums } from './sums.queries';

/** What a node's number over a period is made of. */
export interface Explanation {
  node: { id: string; type: string; externalId: string | null; name: string };
  hierarchy: { id: string; version: number };
  period: Period;
  /** Where it is read, and how many rows that takes at the most. */
  plan: { source: Source; rows: number };
  /** The stored buckets that make up the period; none where facts are read. */
  cover: { grain: 'day' | 'week' | 'month'; from: string; through: string; buckets: number }[];
  /** What a report says. Scores in ten-thousandths of a percent, times in seconds. */
  sums: Sums;
  /** The stored rows it is read from; null where it is read from the facts. */
  stored: Told<OwnerRows> | null;
  /** What was accepted and is in no stored row yet. */
  waiting: { deltas: number; sums: Sums };
  /** The class-day facts that it must come to. */
  leaves: Told<LeafRows>;
  /** The same of competencies at the end of the period's last day. */
  competencies: CountsExplanation;
  /** Whether it does; and whether the stored rows and the waiting deltas do. */
  agrees: boolean;
}

export interface Asking {
  tenant: { number: number; externalId: string; name: string };
  /** The node by its public id, or by its type and the customer's id. */
  node: { id: string } | { type: string; externalId: string };
  /** The tenant's own when omitted. */
  hierarchyKey?: string;
  period: Period;
  now: Date;
  /** How many owners and how many classes are told. */
  most?: number;
}

const grains = { 1: 'day', 7: 'week', 30: 'month' } as const;
const daysOf = ({ from, through }: Period): number => (Date.parse(through) - Date.parse(from)) / 86_400_000 + 1;

/** Who administers a tenant sees all of it. */
const administrator = ({ number, externalId, name }: Asking['tenant']): Caller => ({
  ...{ personId: 0, tenantId: number, tenantExternalId: externalId, tenantName: name, login: '' },
  ...{ roles: new Set(['ORG_ADMIN'] as const), permissions: [], tenantWide: true, actsForPlatform: false },
});

/**
 * Explains a node's sums by the very plan and rows that a report would read, all of one moment. Null where the tenant
 * has no such node in the hierarchy; a Problem where the hierarchy cannot be read.
 */
export async function explain(database: Database, asking: Asking): Promise<Explanation | null> {
  const session = new Session(database, asking.tenant.number);
  try {
    return await explainIn(session, asking);
  } finally {
    await session.close();
  }
}

async function explainIn(
  session: Session,
  { tenant, node: asked, hierarchyKey, period, now, most = 20 }: Asking,
): Promise<Explanation | null> {
  const caller = administrator(tenant);
  const { nodes, storedState } = figureLoaders({ caller, session, now });
  const view = await nodes.view(hierarchyKey);
  const id = 'id' in asked ? asked.id : await nodes.byExternalId(asked.type, asked.externalId);
  const node = id === null ? null : await nodes.node({ id, hierarchyKey: view.hierarchyKey });
  if (!node) return null;

  const tx = await session.read();
  const { hidden } = await keptFigures(tx, now);
  const cover = visibleParts(period, hidden).flatMap(coverOf);
  const state = await storedState(view.hierarchyId);
  const plan = planNode({ node, ...state, buckets: bucketsOf(cover), days: daysOf(period) });
  const { source } = plan;
  const read = await selectSums(tx, { caller, view, asked: [{ node, source }], filter: {}, intervals: [period], hidden });
  const sums = read.get(node.id)?.get(0) ?? noSums;
  const isStored = source.read !== 'classes';
  const stored = isStored ? await selectOwnerRows(tx, { view, asked: { node, source }, cover, most }) : null;
  const competencies = await explainCounts({ caller, session, nodes, view }, node, period.through);
  const { waiting, ...leaves } = await selectLeafRows(tx, { caller, view, node, period, hidden, most });
  return {
    node: { id: node.id, type: node.type, externalId: node.externalId, name: node.name },
    hierarchy: { id: view.hierarchyKey, version: view.hierarchyVersion },
    ...{ period, plan, sums, stored, waiting, leaves, competencies },
    cover: isStored
      ? cover.map(({ grain, from, before, buckets }) => ({
          ...{ grain: grains[grain], from, through: addDays(before, -1), buckets },
        }))
      : [],
    agrees: competencies.agrees && same(sums, leaves.sums) && (!stored || same(sums, plus(stored.sums, waiting.sums))),
  };
}

const measures = ['scoreSum', 'attempts', 'collectionSeconds', 'assessmentSeconds'] as const;
const same = (one: Sums, other: Sums): boolean => measures.every(measure => one[measure] === other[measure]);
const plus = (one: Sums, other: Sums): Sums =>
  Object.fromEntries(measures.map(measure => [measure, one[measure] + other[measure]])) as unknown as Sums;
