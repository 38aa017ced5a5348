import type { Command } from 'commander';
import { act } from '../run/action';

interface Options {
  tenant: string;
}

export function addImportOneRoster(program: Command): void {
  const command = program
    .command('import-oneroster')
    .description('Import a OneRoster 1.1 or 1.2 CSV bundle into a tenant; the same bundle again changes nothing')
    .argument('<file>', 'the zip file, or a folder with its files')
    .requiredOption('--tenant <id>', 'the tenant_id');
  act<Options>(command, async ({ operands, options, environment }) => {
    const { withDatabase } = await import('../run/database');
    const { importRoster } = await import('../run/import-roster');
    const { importOutcome } = await import('../run/imported');
    return withDatabase(environment, async database =>
      importOutcome(await importRoster(database, { file: operands[0]!, tenant: options.tenant, now: new Date() })),
    );
  });
}
