import { writeActivity } from './activity';
import { bundle, type BundleFiles } from './bundle-files';
import { writeCompetencies } from './competencies';
import { writeGroups } from './groups';
import { planTenant, type GenerateOptions, type Plan } from './plan';
import { writeRoster } from './roster';
import { writeStaff } from './staff';

/**
 * Writes a bundle of one made-up tenant into a folder, which is created if missing and refused if it holds files;
 * returns the rows of each file. The same options give the same bytes. Rows stream to the disk: however many classes
 * and days there are, little of it is in memory at a time.
 */
export async function writeBundle(options: GenerateOptions & { out: string }): Promise<Record<string, number>> {
  const plan = planTenant(options);
  return bundle(options.out, files => writeTenant(files, plan));
}

export async function writeTenant(files: BundleFiles, plan: Plan): Promise<void> {
  await writeGroups(files, plan);
  writeCompetencies(files, plan);
  writeStaff(files, plan);
  await writeRoster(files, plan);
  await writeActivity(files, plan);
}
