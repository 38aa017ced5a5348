import { mergeTenant, selectAllHierarchies, selectTimeZones } from '../../../hierarchy/published';
import type { Transaction } from '../../../shared/database/database';
import { refuseContradictions, type ReadRow } from './contradictions';
import { shapes } from './shapes';
import type { Tally } from './tally';

const { file } = shapes.tenants;

/** Makes the tenants, or brings their names and settings up to date. */
export async function mergeTenants(tx: Transaction, { rows, tally }: { rows: ReadRow[]; tally: Tally }): Promise<void> {
  if (rows.length === 0) return;
  const hierarchies = new Map((await selectAllHierarchies(tx)).map(hierarchy => [hierarchy.key, hierarchy.id]));
  const zones = await selectTimeZones(tx, [...new Set(rows.map(({ row }) => row.time_zone!))]);
  const sound = rows.filter(({ line, row }) => {
    const refuse = (reason: string): boolean => {
      tally.reject(file, line, reason);
      return false;
    };
    if (!hierarchies.has(row.hierarchy!)) {
      const known = [...hierarchies.keys()].slice(0, 20).join(', ');
      return refuse(`applicable_hierarchy_id: expected a known hierarchy (${known}); '${row.hierarchy}' came`);
    }
    if (!zones.has(row.time_zone!.toLowerCase())) {
      return refuse(`time_zone: expected an IANA time zone such as Asia/Kolkata; '${row.time_zone}' came`);
    }
    return true;
  });
  for (const { row, again } of refuseContradictions(sound, { key: ['tenant'], file, tally })) {
    if (again) tally.count(file, 'unchanged');
    else {
      const outcome = await mergeTenant(tx, {
        externalId: row.tenant!,
        name: row.name!,
        hierarchyId: hierarchies.get(row.hierarchy!)!,
        timeZone: zones.get(row.time_zone!.toLowerCase())!,
      });
      tally.count(file, outcome);
    }
  }
}
