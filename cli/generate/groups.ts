import type { BundleFiles } from './bundle-files';
import { classId, classParent, isActive, rosterSchool, type Plan } from './plan';
import { groupCode, groupParent, groupRef, schoolLevel } from './tree';

/** The tenant itself, its groups and classes, and where its own hierarchy places them. */
export async function writeGroups(files: BundleFiles, plan: Plan): Promise<void> {
  const { tree, profile, tenantId } = plan;
  files.row('tenants.csv', [tenantId, plan.tenantName, profile.hierarchy, profile.timeZone]);
  for (const [level, count] of tree.counts.entries()) {
    for (let n = 0; n < count; n++) {
      writeGroup(files, { plan, level, n });
      if (n % 64 === 0) await files.room();
    }
  }
  for (let c = 0; c < plan.classes; c++) {
    writeClass(files, { plan, c });
    if (c % 64 === 0) await files.room();
  }
}

function writeGroup(files: BundleFiles, { plan, level, n }: { plan: Plan; level: number; n: number }): void {
  const { tree, profile, tenantId } = plan;
  const group = groupRef(tree, { level, n });
  const name = profile.levels[level]!.name(n);
  files.row('groups.csv', [tenantId, group.id, group.type, name, groupCode(tree, { level, n })]);
  const parent = groupParent(tree, { level, n });
  if (profile.countrySchoolMapping) {
    if (parent) files.row('country_school_mapping.csv', [tenantId, parent.id, group.id]);
  } else {
    const [parentType, parentId] = [parent?.type ?? '', parent?.id ?? ''];
    files.row('placements.csv', [tenantId, profile.hierarchy, group.type, group.id, parentType, parentId]);
  }
}

function writeClass(files: BundleFiles, { plan, c }: { plan: Plan; c: number }): void {
  const { tree, profile, tenantId } = plan;
  const school = tree.schoolOf[c]!;
  const among = c - tree.firstChild.at(-1)![school]!;
  const grade = plan.grade[c]!;
  const subject = plan.subject[c]! < 0 ? '' : profile.subjects[plan.subject[c]!]!.name;
  const section = String.fromCharCode(65 + Math.floor(among / 4) % 26);
  const name = grade ? profile.className(grade, section) : `Mixed grades ${section}`;
  files.row('classes.csv', [
    tenantId,
    classId(c),
    subject ? `${name} ${subject}` : name,
    `${groupCode(tree, { level: schoolLevel(tree), n: school })}-${among + 1}`,
    grade ? String(grade) : '',
    subject,
    rosterSchool(plan, c)?.id ?? '',
    String(isActive(c)),
  ]);
  const parent = classParent(plan, c);
  if (parent) files.row('placements.csv', [tenantId, profile.hierarchy, 'class', classId(c), parent.type, parent.id]);
}
