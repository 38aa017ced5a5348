import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'csv-parse/sync';

/**
 * What the reports have to say about the dataset, added up straight from its CSV files. For tests alone, and on purpose
 * without a line of the importer's: what both get wrong alike must be wrong in the dataset's own description.
 */
export interface Total {
  attempts: number;
  /** Percent. */
  scoreSum: number;
  mean: number | null;
}

/** By external id. A class that has no scored submission is not in `byClass`, and so on upwards. */
export interface OuladTotals {
  all: Total;
  byModule: Map<string, Total>;
  byPresentation: Map<string, Total>;
  byRegion: Map<string, Total>;
  byNation: Map<string, Total>;
  byClass: Map<string, Total>;
  /** Rows of studentAssessment.csv that are none of the attempts, those without any score apart. */
  withoutScore: number;
  unusable: number;
}

const ENGLISH = new Set([
  'East Anglian', 'East Midlands', 'London', 'North', 'North Western', 'South', 'South East', 'South West',
  'West Midlands', 'Yorkshire',
].map(part => `${part} Region`));

/** The rows of a file by their columns; what the dataset writes as ? is empty. */
const tablesOf = (folder: string) => (name: string): Record<string, string>[] => {
  const lines: string[][] = parse(readFileSync(path.join(folder, name)), { bom: true, relax_column_count: true });
  const [header = [], ...body] = lines;
  return body
    .filter(line => line.length === header.length)
    .map(line => Object.fromEntries(line.map((value, index) => [header[index], value.replace(/^\?$/, '')])));
};

export function totalsFromCsv(folder: string): OuladTotals {
  const table = tablesOf(folder);

  const offered = new Set(table('courses.csv').map(row => `${row.code_module}-${row.code_presentation}`));
  const presentationOf: Record<string, string> = {};
  for (const row of table('assessments.csv')) {
    const presentation = `${row.code_module}-${row.code_presentation}`;
    if (offered.has(presentation)) presentationOf[row.id_assessment!] ??= presentation;
  }
  const regionOf: Record<string, string> = {};
  for (const row of table('studentInfo.csv')) {
    regionOf[`${row.code_module}-${row.code_presentation}/${row.id_student}`] ??= row.region || 'unknown';
  }

  // Ten-thousandths of a percent, as whole numbers, so that no sum depends on the order of its rows.
  const sums = { all: {}, byModule: {}, byPresentation: {}, byRegion: {}, byNation: {}, byClass: {} } as
    Record<'all' | 'byModule' | 'byPresentation' | 'byRegion' | 'byNation' | 'byClass', Record<string, number[]>>;
  const counted = new Set<string>();
  let withoutScore = 0;
  let unusable = 0;
  for (const row of table('studentAssessment.csv')) {
    const presentation = presentationOf[row.id_assessment!];
    const region = regionOf[`${presentation}/${row.id_student}`];
    const submission = `${row.id_assessment}/${row.id_student}`;
    const score = parseFloat(row.score!);
    if (row.score === '') withoutScore += 1;
    else if (!(score >= 0 && score <= 100) || !presentation || !region || counted.has(submission)
      || row.date_submitted === '' || !Number.isInteger(Number(row.date_submitted))) unusable += 1;
    else {
      counted.add(submission);
      const add = (sum: Record<string, number[]>, key: string | undefined) => {
        if (key !== undefined) (sum[key] ??= []).push(Math.round(score * 10_000));
      };
      add(sums.all, 'all');
      add(sums.byModule, presentation.split('-')[0]);
      add(sums.byPresentation, presentation);
      add(sums.byClass, `${presentation}-${region}`);
      if (region !== 'unknown') add(sums.byRegion, region);
      if (['Ireland', 'Scotland', 'Wales'].includes(region)) add(sums.byNation, region);
      else if (ENGLISH.has(region)) add(sums.byNation, 'England');
    }
  }
  const total = (scores: number[]): Total => {
    const sum = scores.reduce((soFar, score) => soFar + score, 0);
    return {
      attempts: scores.length,
      scoreSum: sum / 10_000,
      mean: scores.length === 0 ? null : sum / 10_000 / scores.length,
    };
  };
  const totals = (sum: Record<string, number[]>) =>
    new Map(Object.entries(sum).map(([key, scores]) => [key, total(scores)]));
  return {
    all: total(sums.all['all'] ?? []),
    byModule: totals(sums.byModule),
    byPresentation: totals(sums.byPresentation),
    byRegion: totals(sums.byRegion),
    byNation: totals(sums.byNation),
    byClass: totals(sums.byClass),
    withoutScore,
    unusable,
  };
}

/** Where students stand with the assessments of what they study: 40 percent completes one, less leaves it in progress. */
export interface OuladStanding {
  completed: number;
  inProgress: number;
  notStarted: number;
}

/** At the end of a day (`YYYY-MM-DD`), those who had unregistered by then or not registered yet left out. */
export function standingFromCsv(
  folder: string,
  day: string,
): { byModule: Map<string, OuladStanding>; byRegion: Map<string, OuladStanding> } {
  const table = tablesOf(folder);
  const whole = (text: string | undefined, otherwise: number): number =>
    text !== undefined && text !== '' && Number.isInteger(Number(text)) ? Number(text) : otherwise;
  /** Days from a presentation's first day to the one that is asked about. */
  const passed = (presentation: string): number => {
    const [, year, half] = /-(\d{4})([BJ])$/.exec(presentation)!;
    return (Date.parse(day) - Date.UTC(Number(year), half === 'B' ? 1 : 9, 1)) / 86_400_000;
  };

  const assessmentsOf: Record<string, Set<string>> = {};
  const offered = new Set<string>();
  for (const row of table('courses.csv')) offered.add(`${row.code_module}-${row.code_presentation}`);
  const presentationOf: Record<string, string> = {};
  for (const row of table('assessments.csv')) {
    const presentation = `${row.code_module}-${row.code_presentation}`;
    if (!offered.has(presentation) || presentationOf[row.id_assessment!]) continue;
    presentationOf[row.id_assessment!] = presentation;
    (assessmentsOf[presentation] ??= new Set()).add(row.id_assessment!);
  }

  const submitted = new Set<string>();
  const scores: Record<string, number> = {};
  for (const row of table('studentAssessment.csv')) {
    const submission = `${row.id_assessment}/${row.id_student}`;
    const score = parseFloat(row.score!);
    const presentation = presentationOf[row.id_assessment!];
    const on = whole(row.date_submitted, NaN);
    if (!(score >= 0 && score <= 100) || !presentation || Number.isNaN(on) || submitted.has(submission)) continue;
    submitted.add(submission);
    if (on <= passed(presentation)) scores[submission] = score;
  }

  const registered: Record<string, { from: number; until: number }> = {};
  for (const row of table('studentRegistration.csv')) {
    registered[`${row.code_module}-${row.code_presentation}/${row.id_student}`] ??= {
      from: whole(row.date_registration, 0),
      until: whole(row.date_unregistration, Infinity),
    };
  }

  const byModule = new Map<string, OuladStanding>();
  const byRegion = new Map<string, OuladStanding>();
  const seen = new Set<string>();
  for (const row of table('studentInfo.csv')) {
    const presentation = `${row.code_module}-${row.code_presentation}`;
    const study = `${presentation}/${row.id_student}`;
    if (!offered.has(presentation) || !row.id_student || seen.has(study)) continue;
    seen.add(study);
    const { from, until } = registered[study] ?? { from: 0, until: Infinity };
    const today = passed(presentation);
    if (today < from || today >= until) continue;
    for (const [of, key] of [[byModule, row.code_module!], [byRegion, row.region || 'unknown']] as const) {
      const standing = of.get(key) ?? { completed: 0, inProgress: 0, notStarted: 0 };
      of.set(key, standing);
      for (const assessment of assessmentsOf[presentation] ?? []) {
        const score = scores[`${assessment}/${row.id_student}`];
        if (score === undefined) standing.notStarted++;
        else if (score >= 40) standing.completed++;
        else standing.inProgress++;
      }
    }
  }
  return { byModule, byRegion };
}
