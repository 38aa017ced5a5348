import { setTimeout as sleep } from 'node:timers/promises';
import { startExports } from '../../subgraphs/reporting/exports/worker';
import type { GatewayForTest } from '../start-gateway';
import { now, type WorldTenant } from './world';

/** Whose whole view is made a file of, before one of them loses what was granted. */
const parts = ['admin', 'officer', 'topOfficer', 'revoked', 'teacher', 'several'];

export const exportedPeriod = { from: '2026-01-01', through: '2026-12-31' };

/** Report files are asked for by the door, and made. */
export async function requestExports(gateway: GatewayForTest, tenant: WorldTenant): Promise<void> {
  const as = (part: string) => {
    const person = tenant.people.find(known => known.part === part)!;
    return { person, asker: { subject: person.externalId, tenant: tenant.key, roles: [...person.roles] } };
  };
  for (const part of parts) {
    const { person, asker } = as(part);
    const { data, errors } = await gateway.ask(
      asker,
      `mutation ($period: PeriodInput!) { requestExport(input: { format: CSV, period: $period }) { id fileName nodeId } }`,
      { period: exportedPeriod },
    );
    if (errors.length === 0) tenant.exports.push({ ...data.requestExport, requester: person, part });
    else if (errors[0]!.extensions?.code !== 'FORBIDDEN') throw new Error(JSON.stringify(errors));
  }
  const worker = startExports({ database: gateway.service.subgraph('reporting').database, now: () => now, round: 100 });
  for (const { id, part } of tenant.exports) {
    for (let status = ''; status !== 'COMPLETED'; await sleep(20)) {
      ({ status } = (await gateway.read(as(part).asker, `{ export(id: "${id}") { status } }`)).export as { status: string });
      if (status === 'FAILED') throw new Error(`an export of ${part} failed`);
    }
  }
  await worker.stop();
}
