import type { Transaction } from '../../../shared/database/database';
import type { Place } from './derive-orgs.queries';
import { noteDue } from './records.queries';

/**
 * A class hangs under its org or, where that is no level, the nearest org above that is one. Its roster school is told
 * beside that, and stays when the org has ended. A class that has ended keeps its place, and its figures there.
 */
export const noteDueClasses = (tx: Transaction, { hierarchyKey }: Place): Promise<void> =>
  noteDue(tx, {
    kind: 'classes',
    derived: `
      select class.sourced_id, null::jsonb as more, false as more_differs,
        jsonb_build_object('ended', class.ended, 'name', class.fields->>'title', 'code', class.fields->>'code',
          'grade', coalesce(class.fields->>'grade', course.fields->>'grade'),
          'subject', coalesce(class.fields->>'subject', course.fields->>'subject'),
          'school', org.school_id, 'hierarchy', $2::text, 'placed', org.node_id is not null,
          'parent_type', org.node_type, 'parent_id', org.node_id) as content
      from gathered_records class
      left join gathered_records course
        on course.tenant_id = $1 and course.kind = 'courses' and course.sourced_id = class.fields->>'course'
      left join oneroster_orgs org on org.sourced_id = class.fields->>'school'
      where class.tenant_id = $1 and class.kind = 'classes'`,
    parameters: [hierarchyKey],
  });

export async function stageClasses(tx: Transaction, tenant: string): Promise<void> {
  await tx.query(
    `insert into staged_classes (line, tenant, class_id, name, code, grade, subject, school_id, active)
     select due.n, $1, due.sourced_id, due.content->>'name', due.content->>'code', due.content->>'grade',
       due.content->>'subject', due.content->>'school', (not (due.content->>'ended')::boolean)::text
     from oneroster_due due
     where due.kind = 'classes'`,
    [tenant],
  );
}

/** Classes, by number, whose competency counts the staged rows will change. */
export async function selectClassesToChange(tx: Transaction): Promise<number[]> {
  const rows = await tx.query<{ id: number }>(
    `select classes.id
     from staged_classes staged
     join classes on classes.tenant_id = $1 and classes.external_id = staged.class_id
     where (classes.grade, classes.subject, classes.active)
       is distinct from (staged.grade, staged.subject, staged.active::boolean)
     order by classes.id`,
    [tx.tenantId],
  );
  return rows.map(row => row.id);
}
