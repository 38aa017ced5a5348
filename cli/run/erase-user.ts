import { erasePerson } from '../../subgraphs/roster/people/erasure/erase-person';
import { selectErasableNumbers } from '../../subgraphs/roster/people/erasure/erase-person.queries';
import { eraseTraces } from '../../subgraphs/roster/people/erasure/erase-traces';
import { writeAudit } from '../../subgraphs/shared/audit/audit';
import { BadInput } from '../../subgraphs/shared/bad-input';
import { Database } from '../../subgraphs/shared/database/database';
import { personNumber, publicId } from '../../subgraphs/shared/identifiers';
import type { OpenDatabase } from './database';
import { findTenant, findTenants, type Tenant } from './people';

export interface Erased {
  tenant: string;
  /** As the graph names the user; it leads to nobody any more. */
  userId: string;
  erasedAt: Date;
  /** Whether there was nothing left to do. */
  again: boolean;
}

/** Erases the one user with this id and finds their traces, as the tables' owner; null where there is none. */
export async function eraseUser(
  { ownerUrl }: Pick<OpenDatabase, 'ownerUrl'>,
  { id, tenant, now }: { id: string; tenant?: string; now: Date },
): Promise<Erased | null> {
  const owner = await Database.connect({ url: ownerUrl, stepDown: false, entities: [], poolSize: 2, statementTimeout: 0 });
  try {
    const tenants = tenant === undefined ? await findTenants(owner) : [await findTenant(owner, tenant)];
    const found: { tenant: Tenant; personId: number }[] = [];
    for (const one of tenants) {
      const [personId, other] = await owner.transaction(one.number, 'read', tx => selectErasableNumbers(tx, id, personNumber(id)));
      if (personId === undefined) continue;
      if (other !== undefined) {
        throw new BadInput(
          `In the tenant ${one.externalId} '${id}' is the user_id of one user and the id in the graph of another. Please ` +
            `name the first by its id in the graph, ${publicId('person', personId)}, or the other by its user_id.`,
        );
      }
      found.push({ tenant: one, personId });
    }
    if (found.length > 1) {
      const names = found.map(one => one.tenant.externalId).join(', ');
      throw new BadInput(`Several tenants have a user '${id}': ${names}. Please choose one with --tenant.`);
    }
    return found[0] ? await eraseIn(owner, { ...found[0], now }) : null;
  } finally {
    await owner.close();
  }
}

/** The person first: who begins afterwards finds nobody; then, once everybody has ended who began before, the traces. */
async function eraseIn(owner: Database, { tenant, personId, now }: { tenant: Tenant; personId: number; now: Date }): Promise<Erased> {
  const userId = publicId('person', personId);
  const { askedAt, finishedAt } = await owner.transaction(tenant.number, 'write', async tx => {
    const erasure = await erasePerson(tx, { personId, now });
    if (erasure.finishedAt === null) {
      await writeAudit(tx, { action: 'eraseUser', resourceType: 'Person', resourceId: userId }, { now });
    }
    return erasure;
  });
  if (finishedAt === null) await eraseTraces(owner, { tenantId: tenant.number, now, waits: true });
  return { tenant: tenant.externalId, userId, erasedAt: askedAt, again: finishedAt !== null };
}
