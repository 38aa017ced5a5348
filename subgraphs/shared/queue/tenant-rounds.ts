import { platformTenant } from '../../../migrations/row-level-security';
import type { Database } from '../database/database';
import { leadOn, leads, type LedTask } from '../database/led-task.queries';
import { selectTenantNumbers } from '../database/tenants.queries';

/** How rounds go that a subgraph makes in the background. */
export interface RoundsOptions {
  database: Database;
  now: () => Date;
  onError: (error: unknown) => void;
  /** Milliseconds until the first round, and between two. */
  first?: number;
  round?: number;
}

export interface TenantRoundsParts extends Required<Omit<RoundsOptions, 'now'>> {
  /** Of several processes, the one that leads in this goes round; the others go by. */
  task: LedTask;
  /** Does what there is to do for a tenant, and may end early once `stopped`. Where it fails, the next round comes by again. */
  work: (tenantId: number, stopped: () => boolean) => Promise<unknown>;
}

export interface TenantRounds {
  /** Resolves when the tenant under way has been seen to. */
  stop(): Promise<void>;
}

/** Goes from tenant to tenant in the background, a while after the start and again and again, one round after the other. */
export function startTenantRounds(parts: TenantRoundsParts): TenantRounds {
  const { database, task, work, onError, first, round } = parts;
  let working: Promise<void> | undefined;
  let stopped = false;

  const goRound = (): Promise<void> =>
    database.transaction(platformTenant, 'write', async leading => {
      leading.keepVersion(); // it writes nothing: it is no read, since a read's moment would be held on to all the while
      if (!(await leads(leading, task))) return;
      const tenants = await selectTenantNumbers(leading);
      await leadOn(leading);
      for (const tenantId of tenants) {
        if (stopped) return;
        if (tenantId !== platformTenant) await work(tenantId, () => stopped).catch(onError);
      }
    });
  const wake = (): void => {
    working ??= goRound().catch(onError).finally(() => (working = undefined));
  };
  const begin = setTimeout(wake, first).unref();
  const rounds = setInterval(wake, round).unref();
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(begin);
      clearInterval(rounds);
      await working;
    },
  };
}
