import type { Transaction } from '../../shared/database/database';
import type { Session } from '../../shared/database/session';
import { selectStoredState, type StoredState } from './stored-state.queries';

/** What of a tenant's stored sums can be read, by hierarchy; looked for once an operation, and remembered. */
export function storedStates(session: Session): (hierarchyId: number) => Promise<StoredState> {
  const states = new Map<number, Promise<StoredState>>();
  return hierarchyId => {
    let state = states.get(hierarchyId);
    if (!state) states.set(hierarchyId, (state = session.read().then(tx => readStoredState(tx, hierarchyId))));
    return state;
  };
}

async function readStoredState(tx: Transaction, hierarchyId: number): Promise<StoredState> {
  const key = `stored state ${hierarchyId}`;
  return tx.memory.recall<StoredState>(key) ?? tx.memory.remember(key, await selectStoredState(tx, hierarchyId));
}
