import { Freshness } from '../../shared/graphql/provenance.type';

const hour = 3_600_000;

/** How old what an answer is made of is. */
export function freshnessOf(asOf: Date, now: Date): Freshness {
  const age = now.getTime() - asOf.getTime();
  if (age < 4 * hour) return Freshness.FRESH;
  return age < 24 * hour ? Freshness.STALE : Freshness.VERY_STALE;
}
