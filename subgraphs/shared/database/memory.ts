import { LRUCache } from 'lru-cache';

/** Rows that are kept of all tenants together: some tens of megabytes. */
const mostRows = 100_000;
/** Milliseconds. Whoever changes rows by hand, past every version, is heard of by then. */
const longestLife = 60_000;

/**
 * What was read of tenants' structure: hierarchies, views, nodes. Remembered under the tenant's structure version as the
 * reading transaction sees it, which every change of placements, rosters, grants or settings moves: what is recalled is
 * what would be read. Whoever remembers something names in the key all that it depends on, the caller first of all.
 */
export class Memory {
  private readonly known = new LRUCache<string, { value: unknown }>({ maxSize: mostRows, ttl: longestLife });

  of(tenantId: number, version: string): TenantMemory {
    const name = (key: string): string => `${tenantId}/${version}/${key}`;
    return {
      recall: <T>(key: string) => this.known.get(name(key))?.value as T | undefined,
      remember: (key, value, rows = 1) => {
        this.known.set(name(key), { value }, { size: Math.max(1, rows) });
        return value;
      },
    };
  }
}

/** One tenant's, at one version. What it gives is shared by requests: nobody changes it. */
export interface TenantMemory {
  recall<T>(key: string): T | undefined;
  /** Returns the value. `rows` says how much it takes. */
  remember<T>(key: string, value: T, rows?: number): T;
}

/** Of a transaction that writes: what it reads may be its own and not yet so. */
export const noMemory: TenantMemory = { recall: () => undefined, remember: (_key, value) => value };
