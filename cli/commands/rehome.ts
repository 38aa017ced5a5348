import type { Command } from 'commander';
import { act } from '../run/action';

interface Options {
  map: string;
  tenant?: string;
}

export function addRehome(program: Command): void {
  const command = program
    .command('rehome')
    .description("Follow a customer's source that has renumbered or merged its groups: figures follow, no total changes")
    .requiredOption('--map <file>', 'a CSV file with old_group_id and new_group_id, and type where an id has several')
    .option('--tenant <id>', 'the tenant_id, where there are several');
  act<Options>(command, async ({ options: { map, tenant }, environment }) => {
    const { withDatabase } = await import('../run/database');
    const { rehomeFrom } = await import('../run/rehome');
    const done = await withDatabase(environment, database =>
      rehomeFrom(database, { path: map, ...(tenant ? { tenant } : {}), now: new Date() }),
    );
    const text = `${done.tenant}: ${done.renamed} groups renamed, ${done.merged} merged, ${done.unchanged} unchanged`;
    return { json: done, text };
  });
}
