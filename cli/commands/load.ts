import type { Command } from 'commander';
import { act } from '../run/action';
import { loadOutcome } from '../run/loaded';

export function addLoad(program: Command): void {
  const command = program
    .command('load')
    .description('Load a bundle: a folder of CSV files and activity; the same bundle again changes nothing')
    .argument('<dir>', 'the folder');
  act(command, async ({ operands, environment }) => {
    const { withDatabase } = await import('../run/database');
    const { loadFolder } = await import('../run/load-folder');
    return withDatabase(
      environment,
      async database => loadOutcome(await loadFolder(database, { dir: operands[0]!, now: new Date() })),
      { begins: true },
    );
  });
}
