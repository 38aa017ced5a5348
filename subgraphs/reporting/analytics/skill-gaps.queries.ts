import type { Transaction } from '../../shared/database/database';
import { groupBy } from '../../shared/group-by';
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

/** A page of the gaps of one learner of a cohort. */
export interface GapPage {
  personId: number;
  most: number;
  after: GapPlace | null;
}

interface AskedGaps {
  cohort: Cohort;
  window: Period;
  pages: readonly GapPage[];
}

/**
 * What is expected of the learners of a cohort on the window's last day and not begun, by framework and code: page by
 * page, in one statement.
 */
export async function selectSkillGaps(
  tx: Transaction,
  { cohort, window, pages }: AskedGaps,
): Promise<{ rows: GapRecord[]; total: number }[]> {
  const statement = new Statement(tx);
  const ctes = learnersOf(cohort, [window], statement);
  const column = (of: (page: GapPage) => unknown, type: string): string => statement.add(pages.map(of), `${type}[]`);
  const order = `gap.framework collate "und-x-icu", gap.code collate "und-x-icu", gap.number`;
  const rows = await tx.query<GapRecord & { place: number; total: string }>(
    `with ${ctes},
     gap as materialized (
       select learner.person_id, competencies.id as number, competencies.code, competencies.title,
         frameworks.name as framework, competencies.subject, competencies.grade
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
       select page.place::int - 1 as place, page.person_id, page.most, page.framework, page.code, page.number
       from unnest(${column(page => page.personId, 'int')}, ${column(page => page.most, 'int')},
                   ${column(page => page.after?.framework ?? null, 'text')}, ${column(page => page.after?.code ?? null, 'text')},
                   ${column(page => page.after?.number ?? null, 'int')})
         with ordinality page(person_id, most, framework, code, number, place)
     )
     select gap.number, gap.code, gap.title, gap.framework, gap.subject, gap.grade, page.place,
       (select count(*) from gap of where of.person_id = page.person_id) as total
     from page
     left join lateral (
       select gap.* from gap
       where gap.person_id = page.person_id and (page.number is null or (${order}) > (page.framework, page.code, page.number))
       order by ${order} limit page.most
     ) gap on true
     order by page.place, ${order}`,
    statement.parameters,
  );
  const ofPage = groupBy(rows, row => row.place);
  return pages.map((_, place) => {
    const own = ofPage.get(place)!;
    const shown = own.filter(row => row.number !== null).map(({ place: _place, total: _total, ...gap }) => gap);
    return { rows: shown, total: Number(own[0]!.total) };
  });
}
