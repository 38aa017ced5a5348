import type { Command } from 'commander';
import { act } from '../run/action';

export function addMigrate(program: Command): void {
  const command = program
    .command('migrate')
    .description("Bring the database's schema up to date; safe to run by several at once")
    .option('--demo', 'then load the demo tenants, where STRATA_DEMO is 1 and they are not there yet');
  act<{ demo?: boolean }>(command, async ({ options, environment }) => {
    const { migrateDatabase, openDatabase } = await import('../run/database');
    const database = await openDatabase(environment);
    try {
      const steps = await migrateDatabase(database);
      const demo = Boolean(options.demo && environment.demo);
      if (demo) await (await import('../run/demo')).loadDemo(environment, { database, now: new Date() });
      const text = steps.length > 0 ? `Took ${steps.length} steps: ${steps.join(', ')}` : 'The schema is up to date';
      return { json: { steps, demo }, text };
    } finally {
      await database.close();
    }
  });
}
