import type { BundleRow } from './bundle-folder';

import { TENANT, type Presentation } from './shape';

export const FRAMEWORK = 'OULAD';
/** Percent: the university's own pass mark of an assessment. */
const PASS_MARK = 40;

export interface Assessment { id: string; type: string; day: number | null; presentation: Presentation }

export const statusOf = (score: number): string => (score >= PASS_MARK ? 'COMPLETED' : 'IN_PROGRESS');

/** Titled as students know them, TMA 1, TMA 2, …, by the day they are due; one without a day comes last. */
export function competencyRows(assessments: Iterable<Assessment>): BundleRow<'competencies.csv'>[] {
  const ofKind = new Map<string, Assessment[]>();
  for (const assessment of assessments) {
    const kind = `${assessment.presentation.id} ${assessment.type}`;
    ofKind.set(kind, [...(ofKind.get(kind) ?? []), assessment]);
  }
  return [...ofKind.values()].flatMap(kind =>
    kind.sort(byDay).map((assessment, index) => ({
      tenant_id: TENANT,
      framework: FRAMEWORK,
      subject: '',
      grade: assessment.presentation.id,
      competency: assessment.id,
      title: title(assessment, kind.length > 1 || assessment.type !== 'Exam' ? index + 1 : null),
    })));
}

function title({ type, day }: Assessment, number: number | null): string {
  return [type || 'Assessment', number, day === null ? null : `(day ${day})`].filter(part => part !== null).join(' ');
}

const byDay = (a: Assessment, b: Assessment): number =>
  (a.day ?? Infinity) - (b.day ?? Infinity) || a.id.localeCompare(b.id, 'en', { numeric: true });
