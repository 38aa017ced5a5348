import type { OAuthClient } from '../../shared/access/oauth-clients';
import { writeApart } from '../../shared/audit/refusals';
import { publicId } from '../../shared/identifiers';
import type { RouteRequest, RouteTools } from '../../shared/subgraph/route';
import type { Attempts } from './attempts';
import { emitNothing, type PersonWithPassword } from './password.queries';

export interface FailedSignIn {
  /** In whose audit log it is told. */
  tenantId: number;
  /** The program that it was; null where there is none of that name. */
  client: OAuthClient | null;
  /** Whose password it was not. */
  person?: PersonWithPassword | undefined;
  reason: 'wrong password' | 'no password' | 'unknown login' | 'wrong client secret' | 'unknown client';
}

const ofClients = ['wrong client secret', 'unknown client'];

/**
 * Writes down that somebody did not sign in. Of a login or a client that there is not, no letter is kept: people type their
 * password there. At one login there are few attempts; of the others the first of a quarter of an hour are told, and the
 * rest take as long: the time tells nobody which logins there are.
 */
export async function tellFailedSignIn(
  { tenantId, client, person, reason }: FailedSignIn,
  { request, tools, attempts }: { request: RouteRequest; tools: RouteTools; attempts: Attempts },
): Promise<void> {
  const told = person ? 'one' : await attempts.tell(client?.id ?? '', reason);
  if (told === 'none') {
    return tools.database.transaction(tenantId, 'write', tx => {
      tx.keepVersion();
      return emitNothing(tx);
    });
  }
  const details = { ...(client ? { client: client.id } : {}), reason, ...(told === 'last' ? { last: true } : {}) };
  await writeApart(
    tenantId,
    {
      action: 'SIGN_IN_FAILED',
      resourceType: ofClients.includes(reason) ? 'Client' : 'Person',
      resourceId: person && publicId('person', person.id),
      details,
    },
    { database: tools.database, now: tools.now, person: undefined, from: request.credentials },
  );
}
