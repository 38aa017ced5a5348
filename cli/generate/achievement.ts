import { upperLevel, type Plan } from './plan';
import { hash, seedFor, signed } from './random';
import { ancestorOfSchool } from './tree';

/** What a school's learners achieve: a report is worth reading when districts and schools differ, and weeks too. */
interface Achievement {
  /** The mean score, in percent, of a school on the first day. */
  start: Float32Array;
  /** The points that it gains until the end of a school year, more of them in the first weeks. */
  gain: Float32Array;
}

export function achievement(plan: Plan): Achievement {
  const { tree, seed, profile: { region } } = plan;
  const schools = tree.counts.at(-1)!;
  const [upperSeed, regionSeed, schoolSeed, gainSeed] =
    ['upper', 'region', 'school', 'gain'].map(purpose => seedFor(seed, `achievement of ${purpose}`)) as
      [number, number, number, number];
  const start = new Float32Array(schools);
  const gain = new Float32Array(schools);
  for (let school = 0; school < schools; school++) {
    const upper = ancestorOfSchool(tree, { school, above: upperLevel(plan) });
    const regional = ancestorOfSchool(tree, { school, above: region });
    start[school] = 57 + 4 * signed(hash(upperSeed, upper)) + 9 * signed(hash(regionSeed, regional))
      + 7 * signed(hash(schoolSeed, school));
    gain[school] = 16 + 10 * signed(hash(gainSeed, school));
  }
  return { start, gain };
}

/** The share of the year's gain that is made after so many days: half of it in two months. */
export const gained = (days: number): number => 1 - Math.exp(-days / 90);
