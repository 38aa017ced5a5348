import type { Command } from 'commander';
import type { Difference, Verdict } from '../../subgraphs/reporting/rollup/verify';
import { act } from '../run/action';

interface Options {
  tenant?: string;
}

interface Verified extends Verdict {
  id: string;
  externalId: string;
  name: string;
}

export function addVerify(program: Command): void {
  const command = program
    .command('verify')
    .description('Recompute stored aggregates from the leaves and parents from their children; 1 if any differs')
    .option('--tenant <id>', 'of this tenant_id; without it, of every tenant');
  act<Options>(command, async ({ options, environment }) => {
    const { withDatabase } = await import('../run/database');
    const { chosenTenants, withPatience } = await import('../run/tenants');
    const { countDifferences, verify } = await import('../../subgraphs/reporting/rollup/verify');
    const { tellSteps } = await import('../run/steps');
    const tenants = await withDatabase(environment, opened =>
      withPatience(opened, async database => {
        const verified: Verified[] = [];
        for (const { number, ...tenant } of await chosenTenants(database, options.tenant)) {
          const steps = tellSteps(tenant.externalId);
          try {
            // A read sees one moment, so what is accepted or folded meanwhile is no difference.
            const verdict = await database.transaction(number, 'read', tx => verify(tx, { onProgress: steps.at }));
            verified.push({ ...tenant, ...verdict });
          } finally {
            steps.end();
          }
        }
        return verified;
      }),
    );
    const differences = tenants.reduce((sum, verdict) => sum + countDifferences(verdict), 0);
    const text = tenants.map(toldOf).join('\n') || 'There is no tenant';
    return { exitCode: differences > 0 ? 1 : 0, json: { differences, tenants }, text };
  });
}

function toldOf({ externalId, checks, differences }: Verified): string {
  const wrong = checks.filter(check => check.differences > 0);
  if (wrong.length === 0) return `${externalId}: all is as it should be (${checks.length} comparisons)`;
  return wrong
    .flatMap(({ check, differences: count }) => {
      const told = differences.filter(difference => difference.check === check);
      const more = count > told.length ? [`  and ${count - told.length} more`] : [];
      const head = `${externalId}: ${check}: ${count} ${count === 1 ? 'difference' : 'differences'}`;
      return [head, ...told.map(line), ...more];
    })
    .join('\n');
}

const line = ({ subject, expected, found }: Difference): string =>
  `  ${subject}: expected ${shown(expected)}, found ${shown(found)}`;

const shown = (side: Record<string, unknown> | null): string =>
  side === null
    ? 'nothing'
    : Object.entries(side)
        .map(([name, value]) => `${name.replace(/_/g, ' ')} ${JSON.stringify(value)}`)
        .join(', ');
