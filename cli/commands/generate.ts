import { InvalidArgumentError, Option, type Command } from 'commander';
import { act } from '../run/action';

interface Options {
  profile: 'india' | 'us' | 'sap';
  classes: number;
  days: number;
  seed: number;
  through: string;
  out: string;
}

/** Fixed, so that the same seed gives the same bundle on every day. */
const lastDay = '2026-06-30';

export function addGenerate(program: Command): void {
  const command = program
    .command('generate')
    .description('Write a bundle of made-up data; the same options give the same files')
    .addOption(
      new Option('--profile <name>', 'which hierarchy').choices(['india', 'us', 'sap']).makeOptionMandatory(),
    )
    .option('--classes <n>', 'how many classes', wholeNumber, 100)
    .option('--days <n>', 'how many days of activity', wholeNumber, 30)
    .option('--seed <n>', 'another number, other data', wholeNumber, 1)
    .option('--through <date>', 'the last day of activity', lastDay)
    .requiredOption('--out <dir>', 'the folder to write to, new or empty');
  act<Options>(command, async ({ options }) => {
    const { writeBundle } = await import('../generate/bundle');
    const { profile, classes, days, seed, through, out } = options;
    const rows = await writeBundle({ profile, classes, days, seed, through, out });
    const text = Object.entries(rows)
      .map(([file, count]) => `${file}: ${count} rows`)
      .join('\n');
    return { json: { out, rows }, text };
  });
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}
