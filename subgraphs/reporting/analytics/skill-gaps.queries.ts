import type { Transaction } from '../../shared/database/database';
import type { Period } from '../../shared/period';
import { learnersOf, type Cohort } from './cohort.queries';
import { Statement } from '../rollup/owners.queries';

export interface GapRecord {
  number: number;
  code: string;
  title: string;
  framework: string;
  subject: string | null;
  grade: string | null;
}

/** A gap's place in a list. */
export interface GapPlace {
  framework: string;
  code: string;
  number: number;
}

/** What is expected of the one learner of a cohort on the window's last day and not begun, by framework and code. */
export async function selectSkillGaps(
  tx: Transaction,
  { cohort, window, most, after }: { cohort: Cohort; window: Period; most: number; after: GapPlace | null },
): Promise<{ rows: GapRecord[]; total: number }> {
  const statement = new Statement(tx);
  const ctes = learnersOf(cohort, [window], statement);
  const place = [
    statement.add(after?.framework ?? null, 'text'),
    statement.add(after?.code ?? null, 'text'),
    statement.add(after?.number ?? null, 'int'),
  ];
  const order = `gap.framework collate "und-x-icu", gap.code collate "und-x-icu", gap.number`;
  const rows = await tx.query<GapRecord & { total: string }>(
    `with ${ctes},
     gap as materialized (
       select competencies.id as number, competencies.code, competencies.title, frameworks.name as framework,
         competencies.subject, competencies.grade
       from learner
       join expecting on expecting.index = learner.index and expecting.profiles = learner.profiles
       cross join lateral unnest(expecting.competencies) expected(competency_id)
       join competencies on competencies.tenant_id = $1 and competencies.id = expected.competency_id
       join frameworks on frameworks.tenant_id = $1 and frameworks.id = competencies.framework_id
       where coalesce((
         select competency_statuses.status from competency_statuses
         where competency_statuses.tenant_id = $1 and competency_statuses.person_id = learner.person_id
           and competency_statuses.competency_id = expected.competency_id and competency_statuses.day <= learner.last
         order by competency_statuses.day desc limit 1
       ), 0) = 0
     ),
     page as (
       select gap.* from gap
       where ${place[0]} is null or (${order}) > (${place.join(', ')})
       order by ${order} limit ${statement.add(most, 'int')}
     )
     select gap.*, counted.total
     from (select count(*) as total from gap) counted
     left join page gap on true
     order by ${order}`,
    statement.parameters,
  );
  return { rows: rows.filter(row => row.number !== null), total: Number(rows[0]!.total) };
}
