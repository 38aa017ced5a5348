import type { Transaction } from '../../shared/database/database';

/** How an event names a competency. Without a framework, its code alone must say which. */
export interface CompetencyKey {
  framework: string | null;
  code: string;
}

/** Looks competencies up: their number, null where there is none, 'ambiguous' where the code is in several frameworks. */
export async function selectCompetencies(
  tx: Transaction,
  keys: CompetencyKey[],
): Promise<(key: CompetencyKey) => number | null | 'ambiguous'> {
  const rows = await tx.query<{ id: number; code: string; framework: string }>(
    `select competencies.id, competencies.code, frameworks.name as framework
     from competencies
     join frameworks on frameworks.tenant_id = competencies.tenant_id and frameworks.id = competencies.framework_id
     where competencies.tenant_id = $1 and competencies.code = any($2)`,
    [tx.tenantId, [...new Set(keys.map(key => key.code))]],
  );
  const exact = new Map(rows.map(row => [`${row.framework}\n${row.code}`, row.id]));
  const byCode = new Map<string, number | 'ambiguous'>();
  for (const row of rows) byCode.set(row.code, byCode.has(row.code) ? 'ambiguous' : row.id);
  return ({ framework, code }) =>
    (framework === null ? byCode.get(code) : exact.get(`${framework}\n${code}`)) ?? null;
}
