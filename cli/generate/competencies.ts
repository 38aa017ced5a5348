import type { BundleFiles } from './bundle-files';
import type { Plan } from './plan';
import { hash, seedFor } from './random';

/** What a framework asks for in a subject and a grade. */
interface Strand {
  framework: string;
  /** A number of the profile's subjects. */
  subject: number;
  grade: number;
  competencies: readonly { id: string; title: string }[];
}

/** Twelve to twenty competencies for each framework, subject and grade. Ids are unique within a framework. */
export function strands(plan: Plan): Strand[] {
  const { frameworks, subjects } = plan.profile;
  const seed = seedFor(plan.seed, 'competencies');
  const all: Strand[] = [];
  for (const [number, { name, subjects: covered, grades: [from, to] }] of frameworks.entries()) {
    for (const subject of covered) {
      const { code, topics } = subjects[subject]!;
      for (let grade = from; grade <= to; grade++) {
        const h = hash(hash(seed, number), subject * 100 + grade);
        const competencies = topics.slice(0, 12 + h % 9).map((topic, index) => ({
          id: `${code}.${grade}.${String(index + 1).padStart(2, '0')}`,
          title: `${topic}, grade ${grade}`,
        }));
        all.push({ framework: name, subject, grade, competencies });
      }
    }
  }
  return all;
}

export function writeCompetencies(files: BundleFiles, plan: Plan): void {
  for (const { framework, subject, grade, competencies } of strands(plan)) {
    for (const { id, title } of competencies) {
      const { name } = plan.profile.subjects[subject]!;
      files.row('competencies.csv', [plan.tenantId, framework, name, String(grade), id, title]);
    }
  }
}
