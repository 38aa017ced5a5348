import { publicId } from '../../shared/identifiers';
import { checkFirst, readPlace, writeCursor } from '../../shared/paging';
import type { Period } from '../../shared/period';
import type { ReportingContext } from '../context';
import type { RiskRow } from './cohort-rows.queries';
import { keyOf, type ClassSet } from './cohort.loader';
import type { StudentAtRisk, StudentAtRiskConnection } from './cohort.type';
import { reasonsOf, shownRow } from './shown-rows';

const studentPlace = { familyName: 'text', givenName: 'text', login: 'text', number: 'number' } as const;

function shownStudent(row: RiskRow, window: Period): StudentAtRisk {
  const { averageScore, engagement, masteryProgress } = shownRow(row, window);
  return {
    studentId: publicId('person', row.number),
    login: row.login,
    givenName: row.givenName === '' ? null : row.givenName,
    familyName: row.familyName === '' ? null : row.familyName,
    riskReasons: reasonsOf(row),
    lastActivity: row.lastDay,
    ...{ averageScore, engagement, masteryProgress },
  };
}

/** A page of the students of classes who are at risk, by name. */
export async function pageOfAtRisk(
  set: ClassSet,
  { window, first, after }: { window: Period; first: number | null; after: string | null | undefined },
  { loaders }: ReportingContext,
): Promise<StudentAtRiskConnection> {
  const size = checkFirst(first ?? 50);
  const question = ['atRisk', keyOf(set), 'node' in set ? set.node.hierarchyKey : null, window.through];
  const place = readPlace(after, question, studentPlace);
  const { rows, total } = await loaders.atRisk(set, { window, most: size + 1, after: place });
  const page = rows.slice(0, size);
  const last = page.at(-1);
  return {
    nodes: page.map(row => shownStudent(row, window)),
    pageInfo: {
      hasNextPage: rows.length > size,
      endCursor: last ? writeCursor([last.familyName, last.givenName, last.login, last.number], question) : null,
    },
    totalCount: total,
  };
}
