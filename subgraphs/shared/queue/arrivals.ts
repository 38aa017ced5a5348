import { EventEmitter } from 'node:events';

/** Tells within this process that a tenant has work in line; other processes find it on their rounds. */
export interface Arrivals {
  announce(tenantId: number): void;
  /** Calls `act` for each announcement, until the returned function is called. */
  on(act: (tenantId: number) => void): () => void;
}

export function createArrivals(): Arrivals {
  const emitter = new EventEmitter<{ arrival: [tenantId: number] }>();
  emitter.setMaxListeners(0);
  return {
    announce: tenantId => void emitter.emit('arrival', tenantId),
    on: act => {
      emitter.on('arrival', act);
      return () => void emitter.off('arrival', act);
    },
  };
}
