import type { BundleFiles } from './bundle-files';
import { upperLevel, type Plan } from './plan';
import { hash, pick, seedFor } from './random';
import { groupCode, groupRef } from './tree';

/**
 * Those who see more than classes of their own, with logins that are easily remembered: `admin@`, `officer@` and
 * `partner@` the tenant's domain (`teacher@` and `learner@` stand in the roster), and an officer for each state or
 * country.
 */
export function writeStaff(files: BundleFiles, plan: Plan): void {
  const { tree, profile } = plan;
  const upper = upperLevel(plan);
  const person = staffWriter(files, plan);
  person({ id: 'admin', role: 'ORG_ADMIN' });
  // Mid-tree: neither the first nor the last of its level.
  const middle = Math.floor(tree.counts[profile.region]! / 2);
  person({ id: 'officer', role: 'OFFICER', grant: { level: profile.region, n: middle } });
  person({ id: 'partner', role: 'PARTNER', grant: { level: upper, n: partnerGroup } });
  for (let n = 0; n < tree.counts[upper]!; n++) {
    const code = groupCode(tree, { level: upper, n });
    const login = `officer.${code.toLowerCase()}`;
    person({ id: `officer-${code}`, role: 'OFFICER', login, grant: { level: upper, n } });
  }
}

/** The number, at the upper level, of the group that the partner application is granted. */
export const partnerGroup = 0;

interface Staff { id: string; role: string; login?: string; grant?: { level: number; n: number } }

function staffWriter(files: BundleFiles, plan: Plan): (staff: Staff) => void {
  const { tenantId, domain, profile: { people }, tree, seed } = plan;
  let written = 0;
  return ({ id, role, login = id, grant }) => {
    const traits = hash(seedFor(seed, 'staff'), written++);
    const [given, family] = [pick(people.given, traits), pick(people.family, hash(traits, 2))];
    files.row('users.csv', [tenantId, id, `${login}@${domain}`, role, given, family]);
    if (!grant) return;
    const group = groupRef(tree, grant);
    files.row('grants.csv', [tenantId, id, group.type, group.id]);
  };
}
