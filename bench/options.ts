import { parseArgs } from 'node:util';

export const parts = ['reads', 'writes', 'http', 'ingestion', 'competency', 'analytics', 'oneroster', 'soak'] as const;
export type Part = (typeof parts)[number];

export interface Options {
  /** Classes of each tenant, smallest first. */
  sizes: number[];
  parts: ReadonlySet<Part>;
  /** Make the tenants anew. */
  fresh: boolean;
  dataDir: string;
}

const defaultSizes = [20_000, 200_000];

export const usage = `npm run bench -- [--classes N] [--only ${parts.join(',')}] [--data-dir DIR] [--fresh]
  --classes N    the largest tenant (200000), measured beside the smaller ones of ${defaultSizes.join(' and ')}
  --only PARTS   some of the parts, with commas between them; soak takes ten minutes, and is measured only when named
  --data-dir DIR where the database is kept between runs (.data/bench)
  --fresh        make the tenants anew`;

export class WrongUsage extends Error {}

export function readOptions(words: string[]): Options {
  const { values } = parseArgs({
    args: words,
    options: {
      classes: { type: 'string' },
      only: { type: 'string' },
      'data-dir': { type: 'string', default: '.data/bench' },
      fresh: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) throw new WrongUsage(usage);
  const largest = Number(values.classes ?? defaultSizes.at(-1));
  if (!Number.isInteger(largest) || largest < 5_000 || largest > 10_000_000) {
    throw new WrongUsage(`--classes: expected a whole number from 5000 to 10000000, not '${values.classes}'\n${usage}`);
  }
  const named = values.only?.split(',') ?? parts.filter(part => part !== 'soak');
  for (const name of named) {
    if (!(parts as readonly string[]).includes(name)) {
      throw new WrongUsage(`--only: expected ${parts.join(', ')}, not '${name}'\n${usage}`);
    }
  }
  return {
    sizes: [...defaultSizes.filter(size => size < largest), largest],
    parts: new Set(named as Part[]),
    fresh: values.fresh,
    dataDir: values['data-dir'],
  };
}
