import type { Session } from '../../shared/database/session';
import { selectStoredState, type StoredState } from './stored-state.queries';

/** What of a tenant's stored sums can be read, by hierarchy; looked for once an operation. */
export function storedStates(session: Session): (hierarchyId: number) => Promise<StoredState> {
  const states = new Map<number, Promise<StoredState>>();
  return hierarchyId => {
    let state = states.get(hierarchyId);
    if (!state) states.set(hierarchyId, (state = session.read().then(tx => selectStoredState(tx, hierarchyId))));
    return state;
  };
}
