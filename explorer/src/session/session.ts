import { createContext, useContext } from 'react';

/** Who is signed in. Kept for this tab alone, and gone with it. */
export interface Session {
  token: string;
  /** The tenant a super admin acts in. */
  actingTenant?: string;
}

const key = 'strata-session';

export function storedSession(): Session | null {
  try {
    const read = JSON.parse(sessionStorage.getItem(key) ?? 'null') as Session | null;
    return read && typeof read.token === 'string' ? read : null;
  } catch {
    return null;
  }
}

export function storeSession(session: Session | null): void {
  if (session) sessionStorage.setItem(key, JSON.stringify(session));
  else sessionStorage.removeItem(key);
}

export const headersOf = ({ token, actingTenant }: Session): Record<string, string> => ({
  authorization: `Bearer ${token}`,
  ...(actingTenant ? { 'strata-tenant': actingTenant } : {}),
});

export type EndReason = 'ended' | 'refused';

export interface SessionControl {
  session: Session;
  change(session: Session): void;
  end(reason: EndReason): void;
}

export const SessionContext = createContext<SessionControl | null>(null);

export function useSession(): SessionControl {
  const control = useContext(SessionContext);
  if (!control) throw new Error('a page for signed-in people was shown to nobody');
  return control;
}
