import { EventEmitter } from 'node:events';

/** Told within this process that a tenant has a file in line; other processes find it on their rounds. */
const arrivals = new EventEmitter<{ import: [tenantId: number] }>();
arrivals.setMaxListeners(0);

export const announceImport = (tenantId: number): void => void arrivals.emit('import', tenantId);

/** Calls `act` for each announcement, until the returned function is called. */
export function onImport(act: (tenantId: number) => void): () => void {
  arrivals.on('import', act);
  return () => void arrivals.off('import', act);
}
