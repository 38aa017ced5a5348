import type { Transaction } from '../shared/database/database';
import {
  countWritten,
  lookUpDueRows,
  rejectContradictions,
  settleDueRows,
  type Merged,
} from '../shared/database/due-rows.queries';

/** How a bundle's competencies, staged in a temporary table, come into this subgraph's tables. */
export async function mergeCompetencies(tx: Transaction, { tenant }: { tenant: string }): Promise<Merged> {
  await tx.query(
    `insert into frameworks (tenant_id, name)
     select $1, staged.framework from staged_competencies staged
     where staged.tenant = $2
       and not exists (select from frameworks where frameworks.tenant_id = $1 and frameworks.name = staged.framework)
     group by staged.framework
     order by min(staged.line)
     on conflict do nothing`,
    [tx.tenantId, tenant],
  );
  await lookUpDueRows(
    tx,
    `select staged.line, frameworks.id as framework_id, staged.competency, staged.subject, staged.grade, staged.title,
       null::text as reason
     from staged_competencies staged
     join frameworks on frameworks.tenant_id = $1 and frameworks.name = staged.framework
     where staged.tenant = $2`,
    [tx.tenantId, tenant],
  );
  await rejectContradictions(tx, { key: ['framework_id', 'competency'], content: ['subject', 'grade', 'title'] });
  const changed = await countWritten(
    tx,
    `update competencies set subject = due.subject, grade = due.grade, title = due.title
     from due
     where competencies.tenant_id = $1 and competencies.framework_id = due.framework_id
       and competencies.code = due.competency and due.reason is null
       and (competencies.subject, competencies.grade, competencies.title)
         is distinct from (due.subject, due.grade, due.title)
     returning competencies.id`,
    [tx.tenantId],
  );
  const added = await countWritten(
    tx,
    `insert into competencies (tenant_id, framework_id, code, subject, grade, title)
     select $1, due.framework_id, due.competency, due.subject, due.grade, due.title
     from due
     where due.reason is null and not exists (select from competencies
       where competencies.tenant_id = $1 and competencies.framework_id = due.framework_id
         and competencies.code = due.competency)
     order by due.line
     on conflict do nothing
     returning competencies.id`,
    [tx.tenantId],
  );
  return settleDueRows(tx, { added, changed });
}
