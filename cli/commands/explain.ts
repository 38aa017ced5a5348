import type { Command } from 'commander';
import type { Explanation } from '../../subgraphs/reporting/rollup/explain';
import type { CountSums, Sums } from '../../subgraphs/reporting/rollup/sums';
import { BadInput } from '../../subgraphs/shared/bad-input';
import type { Database } from '../../subgraphs/shared/database/database';
import type { Period } from '../../subgraphs/shared/period';
import { act } from '../run/action';
import type { Tenant } from '../run/people';

interface Options {
  period: string;
  hierarchy?: string;
  tenant?: string;
}

export function addExplain(program: Command): void {
  const command = program
    .command('explain')
    .description('Say which stored rows and which leaves a number is made of; 1 if they do not come to it')
    .argument('<node>', 'a node by its id in the graph, or by type and external id: district:UP-03')
    .requiredOption('--period <from..through>', 'both days belong to it: 2026-04-01..2026-04-30')
    .option('--hierarchy <id>', "without it, the tenant's own")
    .option('--tenant <id>', 'the tenant_id, where several tenants have such a node');
  act<Options>(command, async ({ operands, options, environment }) => {
    const { withDatabase } = await import('../run/database');
    const { chosenTenants, withPatience } = await import('../run/tenants');
    const { checkPeriod } = await import('../../subgraphs/shared/period');
    const period = await refused(async () => checkPeriod(readPeriod(options.period)));
    const explanations = await withDatabase(environment, opened =>
      withPatience(opened, async database => {
        const tenants = await chosenTenants(database, options.tenant);
        return explainIn(database, { tenants, name: operands[0]!, hierarchyKey: options.hierarchy, period });
      }),
    );
    const several = explanations.map(({ tenant }) => tenant).join(', ');
    if (explanations.length > 1) {
      throw new BadInput(`Several tenants have a node '${operands[0]}': ${several}. Please choose one with --tenant.`);
    }
    const explanation = explanations[0]!;
    return { exitCode: explanation.agrees ? 0 : 1, json: explanation, text: told(explanation) };
  });
}

type Told = Explanation & { tenant: string };

interface Search {
  tenants: Tenant[];
  name: string;
  hierarchyKey?: string;
  period: Period;
}

/** In every tenant that has the node; none is refused, with what a tenant's hierarchies say to it. */
async function explainIn(database: Database, { tenants, name, hierarchyKey, period }: Search): Promise<Told[]> {
  const { explain } = await import('../../subgraphs/reporting/rollup/explain');
  const node = readNode(name);
  const found: Told[] = [];
  let refusal: BadInput | undefined;
  for (const tenant of tenants) {
    try {
      const asking = { tenant, node, period, now: new Date(), ...(hierarchyKey === undefined ? {} : { hierarchyKey }) };
      const explanation = await refused(() => explain(database, asking));
      if (explanation) found.push({ tenant: tenant.externalId, ...explanation });
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      refusal = error;
    }
  }
  if (found.length > 0) return found;
  if (refusal && tenants.length === 1) throw refusal;
  const where = hierarchyKey === undefined ? "the tenant's own hierarchy" : `the hierarchy '${hierarchyKey}'`;
  throw new BadInput(
    `Expected a node by its id in the graph or as type:external-id, such as district:UP-03; '${name}' is no node of ` +
      `${where}${tenants.length === 1 ? ` in the tenant '${tenants[0]!.externalId}'` : ' in any tenant'}`,
  );
}

/** What the service would refuse with a Problem is wrong usage here. */
async function refused<T>(work: () => Promise<T>): Promise<T> {
  const { Problem } = await import('../../subgraphs/shared/errors');
  try {
    return await work();
  } catch (error) {
    throw error instanceof Problem ? new BadInput(error.message) : error;
  }
}

function readNode(name: string): { id: string } | { type: string; externalId: string } {
  const colon = name.indexOf(':');
  return colon < 0 ? { id: name } : { type: name.slice(0, colon), externalId: name.slice(colon + 1) };
}

function readPeriod(text: string): Period {
  const [, from, through] = /^(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)$/.exec(text) ?? [];
  if (from && through && isDay(from) && isDay(through)) return { from, through };
  throw new BadInput(`--period: expected two days of the calendar, such as 2026-04-01..2026-04-30; '${text}' came`);
}

const isDay = (text: string): boolean => {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
};

function told(explanation: Told): string {
  const { tenant, node, hierarchy, period, plan, cover, sums, stored, waiting, leaves, competencies, agrees } = explanation;
  const name = node.externalId === null ? node.type : `${node.type}:${node.externalId}`;
  return [
    `${name} '${node.name}' (${node.id}) of ${tenant}, in ${hierarchy.id} version ${hierarchy.version}, ` +
      `${period.from}..${period.through}`,
    `  ${shown(sums)}`,
    `Read from ${sourceOf(explanation)}; at most ${plan.rows} rows`,
    ...cover.map(({ grain, from, through, buckets }) => `  ${from}..${through}: ${counted(buckets, grain)}`),
    ...(stored ? [`Stored rows: ${stored.rows} of ${counted(stored.count, 'owner')}: ${shown(stored.sums)}`] : []),
    ...(stored?.first ?? []).map(
      ({ owner, days, weeks, months, sums: own }) =>
        `  ${owner} (${counted(months, 'month')}, ${counted(weeks, 'week')}, ${counted(days, 'day')}): ${shown(own)}`,
    ),
    ...more(stored, 'owners'),
    ...(stored ? [`Waiting for its stored row: ${counted(waiting.deltas, 'delta')}: ${shown(waiting.sums)}`] : []),
    `Leaves: ${leaves.rows} class-day facts of ${leaves.count} classes: ${shown(leaves.sums)}`,
    ...leaves.first.map(({ class: leaf, facts, sums: own, waiting: deltas }) => {
      const late = deltas > 0 && stored ? `, ${counted(deltas, 'delta')} waiting` : '';
      return `  ${leaf} (${counted(facts, 'fact')}${late}): ${shown(own)}`;
    }),
    ...more(leaves, 'classes'),
    `Competencies at the end of ${competencies.asOf}: ${shownCounts(competencies.counts)}`,
    `  read from ${sourceOf({ plan: competencies, node })}`,
    `  the net changes of the classes come to ${shownCounts(competencies.leaves)}`,
    agrees ? 'They agree.' : 'THEY DO NOT AGREE: strata verify says where, strata rebuild mends it.',
  ].join('\n');
}

function sourceOf({ plan: { source }, node }: { plan: Pick<Explanation['plan'], 'source'>; node: Explanation['node'] }): string {
  switch (source.read) {
    case 'own':
      return `the stored rows of the ${node.type} itself`;
    case 'level':
      return `the stored rows of the ${source.type}s below, and of what hangs above these`;
    case 'cells':
      return 'the cells: classes that hang under the same parents in every hierarchy';
    case 'classes':
      return 'the class-day facts';
  }
}

const shownCounts = ({ completed, inferred, inProgress, expected }: CountSums): string =>
  `${completed} completed, ${inferred} inferred, ${inProgress} in progress of ${expected} expected`;

const more = (list: { count: number; first: unknown[] } | null, what: string): string[] =>
  list && list.count > list.first.length ? [`  and ${list.count - list.first.length} more ${what}`] : [];

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

const shown = ({ scoreSum, attempts, collectionSeconds, assessmentSeconds }: Sums): string => {
  const average = attempts > 0 ? `average ${(scoreSum / attempts / 10_000).toFixed(2)} %` : 'no average';
  return (
    `${average} of ${counted(attempts, 'attempt')} (score sum ${scoreSum / 10_000}), ` +
    `${collectionSeconds} + ${assessmentSeconds} s on collections and assessments`
  );
};
