import type { Command } from 'commander';
import { BadInput } from '../../subgraphs/shared/bad-input';
import type { Database } from '../../subgraphs/shared/database/database';
import { act } from '../run/action';

interface Options {
  tenant?: string;
  hierarchy?: string;
}

interface Rebuilt {
  id: string;
  externalId: string;
  name: string;
  /** The hierarchies whose sums were made anew, and 'cells' where those were. */
  built: string[];
  seconds: number;
}

export function addRebuild(program: Command): void {
  const command = program
    .command('rebuild')
    .description('Make the stored aggregates anew from the class-day facts, while the service answers')
    .option('--tenant <id>', 'of this tenant_id; without it, of every tenant')
    .option('--hierarchy <id>', 'of this hierarchy alone');
  act<Options>(command, async ({ options, environment }) => {
    const { withDatabase } = await import('../run/database');
    const { chosenTenants, withPatience } = await import('../run/tenants');
    const tenants = await withDatabase(environment, opened =>
      withPatience(opened, async database => {
        const hierarchyId = await findHierarchy(database, options.hierarchy);
        const rebuilt: Rebuilt[] = [];
        for (const { number, ...tenant } of await chosenTenants(database, options.tenant)) {
          const name = tenant.externalId;
          rebuilt.push({ ...tenant, ...(await rebuildTenant(database, { number, hierarchyId, name })) });
        }
        return rebuilt;
      }),
    );
    return { json: { tenants }, text: tenants.map(toldOf(options)).join('\n') || 'There is no tenant' };
  });
}

const toldOf =
  ({ hierarchy }: Options) =>
  ({ externalId, built, seconds }: Rebuilt): string =>
    built.length > 0
      ? `${externalId}: built ${built.join(', ')} in ${seconds} s`
      : `${externalId}: nothing to build, it places nothing in ${hierarchy}`;

async function findHierarchy(database: Database, key: string | undefined): Promise<number | undefined> {
  if (key === undefined) return undefined;
  const { selectAllHierarchies } = await import('../../subgraphs/hierarchy/published');
  const { platformTenant } = await import('../../migrations/row-level-security');
  const known = await database.transaction(platformTenant, 'read', selectAllHierarchies);
  const found = known.find(hierarchy => hierarchy.key === key);
  if (found) return found.id;
  const keys = known.map(hierarchy => hierarchy.key).join(', ');
  throw new BadInput(`--hierarchy: expected one of ${keys}; there is no hierarchy '${key}'`);
}

/** One transaction a tenant: readers see the old sums until all of the new ones are there. */
async function rebuildTenant(
  database: Database,
  { number, hierarchyId, name }: { number: number; hierarchyId?: number; name: string },
): Promise<Pick<Rebuilt, 'built' | 'seconds'>> {
  const { rebuild } = await import('../../subgraphs/reporting/rollup/rebuild');
  const { progressTeller } = await import('../../subgraphs/reporting/rollup/build-progress');
  const { tellSteps } = await import('../run/steps');
  const steps = tellSteps(name);
  const begun = performance.now();
  const teller = progressTeller(database, { tenantId: number, startedAt: new Date() });
  try {
    const built = await database.transaction(number, 'write', tx =>
      rebuild(tx, {
        now: new Date(),
        hierarchyId,
        onProgress: (step, done, of) => {
          steps.at(step, done, of);
          teller.tell(step, done, of);
        },
        onWait: () => steps.say('waiting until another change of these sums has ended'),
      }),
    );
    return { built, seconds: Math.round((performance.now() - begun) / 100) / 10 };
  } finally {
    await teller.written();
    steps.end();
  }
}
