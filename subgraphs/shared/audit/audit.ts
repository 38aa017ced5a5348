import { isIP } from 'node:net';
import type { Caller, Credentials } from '../access/caller';
import type { Transaction } from '../database/database';
import { insertAuditRow } from './audit.queries';
import { withoutSecrets } from './details';

/** What was done, or refused. */
export interface Deed {
  /** A mutation's name, a route, or one of SIGN_IN, SIGN_IN_FAILED, REFUSED, READ, SET_PASSWORD and the like. */
  action: string;
  /** The kind of thing, as the graph calls it: Group, Class, Hierarchy. */
  resourceType?: string | undefined;
  /** Its public id. */
  resourceId?: string | undefined;
  /** What else there is to say; secrets are taken out, long lists cut. */
  details?: Record<string, unknown> | undefined;
}

/** Who did it, and from where. */
export interface Doer {
  now: Date;
  /** Unknown where somebody could not be told, and for commands. */
  person?: Pick<Caller, 'personId' | 'actsForPlatform'> | undefined;
  from?: Pick<Credentials, 'address' | 'agent'> | undefined;
}

/** Writes a deed into the audit log of the transaction's tenant: it is there when what it tells of is. */
export const writeAudit = (tx: Transaction, deed: Deed, { now, person, from = {} }: Doer): Promise<void> =>
  insertAuditRow(tx, {
    at: now,
    personId: person?.personId ?? null,
    byPlatform: person?.actsForPlatform ?? false,
    action: deed.action,
    resourceType: deed.resourceType ?? null,
    resourceId: deed.resourceId?.slice(0, 200) ?? null,
    details: withoutSecrets(deed.details ?? {}),
    // A link-local address of IPv6 comes with the name of an interface.
    address: isIP(from.address ?? '') ? from.address!.replace(/%.*$/, '') : null,
    agent: from.agent ?? null,
  });
