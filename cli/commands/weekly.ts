import type { Command } from 'commander';
import type { WeekRun } from '../../subgraphs/competency/weekly/run-week';
import { BadInput } from '../../subgraphs/shared/bad-input';
import { act } from '../run/action';

interface Options {
  week?: string;
  tenant?: string;
}

interface Ran extends WeekRun {
  id: string;
  externalId: string;
  name: string;
}

export function addWeekly(program: Command): void {
  const command = program
    .command('weekly')
    .description('Write competency counts and completion by class of an ISO week; repeatable, late activity included')
    .option('--week <date>', 'the week that contains this day; without it, the last one that has ended')
    .option('--tenant <id>', 'of this tenant_id; without it, of every tenant');
  act<Options>(command, async ({ options, environment }) => {
    const week = options.week === undefined ? undefined : checkDay(options.week);
    const { withDatabase } = await import('../run/database');
    const { chosenTenants, withPatience } = await import('../run/tenants');
    const { lastWeek, runWeek } = await import('../../subgraphs/competency/weekly/run-week');
    const now = new Date();
    const tenants = await withDatabase(environment, opened =>
      withPatience(opened, async database => {
        const ran: Ran[] = [];
        for (const { number, ...tenant } of await chosenTenants(database, options.tenant)) {
          const run = await database.transaction(number, 'write', async tx =>
            runWeek(tx, { day: week ?? (await lastWeek(tx, now)), now }),
          );
          ran.push({ ...tenant, ...run });
        }
        return ran;
      }),
    );
    return { json: { tenants }, text: tenants.map(toldOf).join('\n') || 'There is no tenant' };
  });
}

function checkDay(text: string): string {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
  if (isDay && new Date(text).toISOString().startsWith(text)) return text;
  throw new BadInput(`--week: expected a day of the calendar as YYYY-MM-DD; '${text}' came`);
}

const toldOf = ({ externalId, from, through, added, changed, unchanged, removed }: Ran): string =>
  `${externalId}: week of ${from} through ${through}: ${added} classes added, ${changed} changed, ` +
  `${unchanged} unchanged, ${removed} removed`;
