const NATION_OF: ReadonlyMap<string, string> = new Map([
  ['East Anglian Region', 'England'],
  ['East Midlands Region', 'England'],
  ['London Region', 'England'],
  ['North Region', 'England'],
  ['North Western Region', 'England'],
  ['South East Region', 'England'],
  ['South Region', 'England'],
  ['South West Region', 'England'],
  ['West Midlands Region', 'England'],
  ['Yorkshire Region', 'England'],
  ['Ireland', 'Ireland'],
  ['Scotland', 'Scotland'],
  ['Wales', 'Wales'],
]);

/** The nation of one of the university's regions; null for a region that the dataset's documentation does not list. */
export const nationOf = (region: string): string | null => NATION_OF.get(region) ?? null;
