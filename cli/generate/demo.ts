import { BadInput } from '../../subgraphs/shared/bad-input';
import { writeTenant } from './bundle';
import { bundle, type BundleFiles } from './bundle-files';
import { dateOf, dayNumber, isDate } from './calendar';
import { classId, classParent, planTenant, rosterSchool, upperLevel, type GenerateOptions, type Plan } from './plan';
import { partnerGroup } from './staff';
import { ancestor, ancestorOfSchool, groupRef } from './tree';

const DAYS = 60;

const tenants: readonly Omit<GenerateOptions, 'days' | 'through'>[] = [
  { profile: 'india', classes: 120, seed: 1, tenantId: 'demo-india', tenantName: 'Demo India', domain: 'india.demo' },
  { profile: 'us', classes: 90, seed: 2, tenantId: 'demo-us', tenantName: 'Demo United States', domain: 'us.demo' },
  { profile: 'sap', classes: 100, seed: 3, tenantId: 'demo-sap', tenantName: 'Demo Network', domain: 'sap.demo' },
];

/** The second hierarchy of demo-india: its schools straight under their districts. */
export const ALTERNATE = 'india-schools';

/**
 * The three demo tenants and the platform's as one bundle. Today, YYYY-MM-DD, decides the days: sixty that end the day
 * before. People log in as admin, officer, teacher, learner and partner @india.demo, @us.demo and @sap.demo, and as
 * super@platform.demo.
 */
export async function writeDemoBundle(options: { out: string; today: string }): Promise<Record<string, number>> {
  const { today, out } = options;
  if (!isDate(today)) throw new BadInput(`today: expected a date YYYY-MM-DD; got ${JSON.stringify(today)}`);
  const through = dateOf(dayNumber(today) - 1);
  return bundle(out, async files => {
    for (const tenant of tenants) {
      const plan = planTenant({ ...tenant, days: DAYS, through, learnersPerClass: 17, eventsPerSchoolDay: 6 });
      await writeTenant(files, plan);
      if (tenant.profile === 'india') writeAlternate(files, plan);
      await files.room();
    }
    // Super admins live here; the platform has no classes.
    files.row('tenants.csv', ['platform', 'Platform', 'india', 'UTC']);
    files.row('users.csv', ['platform', 'super', 'super@platform.demo', 'SUPER_ADMIN', 'Sam', 'Platform']);
  });
}

/** Level of the india tree; name; type and number as the Hierarchy Provider tells them. */
const alternateLevels = [
  [0, 'Country', ['country', '10']],
  [2, 'District', ['district', '5']],
  [5, 'School', ['school', '2']],
] as const;

function writeAlternate(files: BundleFiles, plan: Plan): void {
  const { tree, tenantId } = plan;
  const description = 'Districts with their schools, without what lies between';
  files.row('hierarchies.csv', [ALTERNATE, 'India by district', description]);
  for (const [index, [level, name, provider]] of alternateLevels.entries()) {
    const { type } = tree.profile.levels[level]!;
    files.row('levels.csv', [ALTERNATE, String(index + 1), name, type, 'true', ...provider]);
    for (let n = 0; n < tree.counts[level]!; n++) {
      const group = groupRef(tree, { level, n });
      const above = alternateLevels[index - 1]?.[0];
      const parent =
        above === undefined ? null : groupRef(tree, { level: above, n: ancestor(tree, { level, n, above }) });
      files.row('placements.csv', [tenantId, ALTERNATE, group.type, group.id, parent?.type ?? '', parent?.id ?? '']);
    }
  }
  for (let c = 0; c < plan.classes; c++) {
    const school = rosterSchool(plan, c);
    if (school && isInAlternate(plan, c)) {
      files.row('placements.csv', [tenantId, ALTERNATE, 'class', classId(c), school.type, school.id]);
    }
  }
}

/**
 * Some classes are left out here that the tenant's own hierarchy has, and some are in that it lacks: the two views'
 * 'other' differ. Not so in the partner's state: a node is visible to those alone who may see all its classes in the
 * tenant's own hierarchy, and the partner shall see the state's districts here.
 */
function isInAlternate(plan: Plan, c: number): boolean {
  if (c % 19 === 5) return false;
  if (classParent(plan, c)) return true;
  return ancestorOfSchool(plan.tree, { school: plan.tree.schoolOf[c]!, above: upperLevel(plan) }) !== partnerGroup;
}
