import { EventEmitter } from 'node:events';

/** Told within this process that a tenant has deltas to fold; other processes find them on their rounds. */
const arrivals = new EventEmitter<{ deltas: [tenantId: number] }>();
arrivals.setMaxListeners(0);

export const announceDeltas = (tenantId: number): void => void arrivals.emit('deltas', tenantId);

/** Calls `act` for each announcement, until the returned function is called. */
export function onDeltas(act: (tenantId: number) => void): () => void {
  arrivals.on('deltas', act);
  return () => void arrivals.off('deltas', act);
}
