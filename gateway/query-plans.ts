import type { GatewayConfig } from '@apollo/gateway';
import { LRUCache } from 'lru-cache';
import { counter } from '../subgraphs/shared/metrics';

type PlanCache = NonNullable<NonNullable<GatewayConfig['queryPlannerConfig']>['cache']>;
type QueryPlan = Parameters<PlanCache['set']>[1];

/** Bytes of query plans that are kept; a plan of a report takes some ten kilobytes. */
const mostBytes = 30 * 1024 * 1024;

const lookedUp = counter(
  'strata_query_plans_total',
  'Query plans that the gateway needed, by whether it had one (hit) or had to make it (miss).',
  ['outcome'],
);

/** The gateway's memory of its plans, as it would have one itself; this one tells how often it helps. */
export function planCache(): PlanCache {
  const plans = new LRUCache<string, QueryPlan>({
    maxSize: mostBytes,
    sizeCalculation: plan => Math.max(1, Buffer.byteLength(JSON.stringify(plan))),
  });
  return {
    get: async key => {
      const plan = plans.get(key);
      lookedUp.inc({ outcome: plan ? 'hit' : 'miss' });
      return plan;
    },
    set: async (key, plan) => void plans.set(key, plan),
    delete: async key => plans.delete(key),
    clear: () => plans.clear(),
  } as PlanCache;
}
