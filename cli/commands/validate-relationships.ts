import type { Command } from 'commander';
import type { RelationshipReport } from '../../subgraphs/roster/integrity/report.type';
import { act } from '../run/action';
import type { OpenDatabase } from '../run/database';

interface Options {
  fix?: boolean;
}

interface Validated extends RelationshipReport {
  id: string;
  externalId: string;
  name: string;
}

export function addValidateRelationships(program: Command): void {
  const command = program
    .command('validate-relationships')
    .description("Check every tenant's roster for rows that refer to nothing or stand twice; 1 if any remains")
    .option('--fix', 'mend what can be mended, and log it');
  act<Options>(command, async ({ options: { fix = false }, environment }) => {
    const { withDatabase } = await import('../run/database');
    const { isClean } = await import('../../subgraphs/roster/integrity/validate');
    const { tenants, restored, enforced } = await withDatabase(environment, async opened => {
      const checked = await validateAll(opened, fix);
      // Constraints are of all tenants' rows: they are put back when no tenant's stand in their way.
      const restored = checked.every(isClean) ? await restore(opened) : [];
      const enforced = restored.length > 0 || checked.every(({ foreignKeysEnforced }) => foreignKeysEnforced);
      return { tenants: checked.map(tenant => ({ ...tenant, foreignKeysEnforced: enforced })), restored, enforced };
    });
    const remaining = tenants.flatMap(({ problems }) => problems).reduce((sum, problem) => sum + problem.remaining, 0);
    const told = [
      ...tenants.flatMap(toldOf),
      ...(restored.length > 0 ? [`Constraints put back: ${restored.join(', ')}`] : []),
      enforced ? 'Foreign keys are enforced' : 'Foreign keys are not enforced: they are from the first clean check on',
    ];
    return {
      exitCode: remaining > 0 ? 1 : 0,
      json: { remaining, fixed: fix, foreignKeysEnforced: enforced, restored, tenants },
      text: told.join('\n'),
    };
  });
}

async function validateAll(opened: OpenDatabase, fix: boolean): Promise<Validated[]> {
  const { platformTenant } = await import('../../migrations/row-level-security');
  const { findSuperAdmin } = await import('../run/people');
  const { chosenTenants, withPatience } = await import('../run/tenants');
  const { validateRelationships } = await import('../../subgraphs/roster/integrity/validate');
  return withPatience(opened, async database => {
    // The log says who did it: whoever runs commands does so for the platform.
    const performer = fix ? (await findSuperAdmin(database)).number : 0;
    const checked: Validated[] = [];
    for (const { number, ...tenant } of await chosenTenants(database)) {
      const asked = { fix, performer: { personId: performer, tenantId: platformTenant }, now: new Date() };
      const report = await database.transaction(number, 'write', tx => validateRelationships(tx, asked));
      checked.push({ ...tenant, ...report });
    }
    return checked;
  });
}

async function restore({ ownerUrl }: OpenDatabase): Promise<string[]> {
  const { platformTenant } = await import('../../migrations/row-level-security');
  const { Database } = await import('../../subgraphs/shared/database/database');
  const { restoreConstraints } = await import('../../subgraphs/roster/integrity/constraints.queries');
  const settings = { url: ownerUrl, stepDown: false, entities: [], poolSize: 1, statementTimeout: 0 };
  const owner = await Database.connect(settings);
  try {
    return await owner.transaction(platformTenant, 'write', tx => {
      tx.keepVersion();
      return restoreConstraints(tx);
    });
  } finally {
    await owner.close();
  }
}

function toldOf({ externalId, problems, fixed }: Validated): string[] {
  if (problems.length === 0) return [`${externalId}: no problems`];
  return problems.map(({ kind, table, count, remaining }) => {
    const mended = fixed ? `, ${remaining} of them left` : '';
    return `${externalId}: ${kind}: ${count} ${count === 1 ? 'row' : 'rows'} of ${table}${mended}`;
  });
}
