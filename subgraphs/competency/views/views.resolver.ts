import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import { badInput } from '../../shared/errors';
import { competencyStatuses } from '../../shared/graphql/competency-status.enum';
import { DateScalar } from '../../shared/graphql/scalars';
import { publicId } from '../../shared/identifiers';
import { checkFirst, readPlace, writeCursor } from '../../shared/paging';
import type { CompetencyContext } from '../context';
import type { Bounds, CompetencyPlace, CompetencyRecord, StudentPlace } from './views.queries';
import {
  CompetencyDay,
  CompetencyMatrix,
  StudentCompetency,
  StudentCompetencyConnection,
  StudentCounts,
  type Competency,
} from './views.type';

/** With whose and which it is, for its history. */
type Seen = StudentCompetency & { readonly of: { person: number; competency: number } };

const shown = ({ number, code, title, framework, subject, grade }: CompetencyRecord): Competency => ({
  id: publicId('competency', number),
  ...{ code, title, framework, subject, grade },
});

/** The page's own rows, of the one more that was read; and where it ends. */
function pageOf<Row>(rows: Row[], first: number, cursorOf: (row: Row) => string) {
  const page = rows.slice(0, first);
  const last = page.at(-1);
  return { page, pageInfo: { hasNextPage: rows.length > first, endCursor: last ? cursorOf(last) : null } };
}

const competencyPlace = { framework: 'text', code: 'text', number: 'number' } as const;
const studentPlace = { familyName: 'text', givenName: 'text', login: 'text', number: 'number' } as const;

const competencyBounds = (first: number, after: string | null | undefined, question: unknown): Bounds<CompetencyPlace> => ({
  most: first + 1,
  after: readPlace(after, question, competencyPlace),
});

const studentBounds = (first: number, after: string | null | undefined, question: unknown): Bounds<StudentPlace> => ({
  most: first + 1,
  after: readPlace(after, question, studentPlace),
});

const competencyCursor = (question: unknown) => (row: CompetencyRecord) =>
  writeCursor([row.framework, row.code, row.number], question);

/** With whose they are, for their counts. */
type SeenConnection = StudentCompetencyConnection & { readonly of: { person: number; classes: readonly number[] } };

@Resolver(() => StudentCompetencyConnection)
export class StudentCompetencyConnectionResolver {
  @FieldResolver(() => StudentCounts, {
    description:
      'How many of all these competencies, not the page alone, stand where at the end of that day; by the latest ' +
      'statuses when omitted.',
  })
  counts(
    @Root() { of }: SeenConnection,
    @Arg('asOf', () => DateScalar, { nullable: true }) asOf: string | null | undefined,
    @Ctx() { loaders }: CompetencyContext,
  ): Promise<StudentCounts> {
    return loaders.views.counts(of, asOf ?? null);
  }
}

@Resolver(() => StudentCompetency)
export class CompetencyViewsResolver {
  @Query(() => StudentCompetencyConnection, {
    nullable: true,
    description:
      "A student's competencies, those expected in an active class and those with a status, by framework and code. A " +
      'learner sees the own ones, others those of students in classes they cover. Null where there is no such user.',
  })
  async studentCompetencies(
    @Arg('studentId', () => ID) studentId: string,
    @Arg('first', () => Int, { nullable: true, defaultValue: 50 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { loaders }: CompetencyContext,
  ): Promise<Omit<SeenConnection, 'counts'> | null> {
    const size = checkFirst(first ?? 50);
    const question = ['studentCompetencies', studentId];
    const found = await loaders.views.student(studentId, competencyBounds(size, after, question));
    if (!found) return null;
    const { page, pageInfo } = pageOf(found.rows, size, competencyCursor(question));
    const nodes = page.map(
      (row): Seen => ({
        competency: shown(row),
        status: competencyStatuses[row.status]!,
        day: row.day,
        of: { person: found.person, competency: row.number },
      }),
    );
    return { nodes, pageInfo, totalCount: found.total, of: { person: found.person, classes: found.classes } };
  }

  @FieldResolver(() => [CompetencyDay], { description: 'The days with a status, newest first; first is 0 to 1000.' })
  async history(
    @Root() { of }: Seen,
    @Arg('first', () => Int, { nullable: true, defaultValue: 50 }) first: number | null,
    @Ctx() { loaders }: CompetencyContext,
  ): Promise<CompetencyDay[]> {
    const days = await loaders.views.history.load({ ...of, first: checkFirst(first ?? 50) });
    return days.map(({ day, status }) => ({ day, status: competencyStatuses[status]! }));
  }

  @Query(() => CompetencyMatrix, {
    nullable: true,
    description:
      "A class's active students by the competencies expected of them today, both paged: for the class's teachers and " +
      'whoever covers the class. Null where there is no such class.',
  })
  async classCompetencies(
    @Arg('classId', () => ID) classId: string,
    @Arg('first', () => Int, { nullable: true, defaultValue: 50, description: 'Students, 0 to 1000.' }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Arg('firstCompetencies', () => Int, { nullable: true, defaultValue: 50, description: '0 to 100.' })
    firstCompetencies: number | null,
    @Arg('afterCompetencies', () => String, { nullable: true }) afterCompetencies: string | null | undefined,
    @Ctx() { loaders }: CompetencyContext,
  ): Promise<CompetencyMatrix | null> {
    const rows = checkFirst(first ?? 50);
    const columns = firstCompetencies ?? 50;
    if (columns < 0 || columns > 100) throw badInput(`firstCompetencies must be between 0 and 100, not ${columns}.`);
    const questions = { students: ['classCompetencies', classId], competencies: ['competencies of', classId] };
    const found = await loaders.views.matrix(classId, {
      students: studentBounds(rows, after, questions.students),
      competencies: competencyBounds(columns, afterCompetencies, questions.competencies),
    });
    if (!found) return null;
    const competencies = pageOf(found.competencies.rows, columns, competencyCursor(questions.competencies));
    const students = pageOf(found.students.rows, rows, row =>
      writeCursor([row.familyName ?? '', row.givenName ?? '', row.login, row.number], questions.students),
    );
    return {
      classId,
      competencies: {
        nodes: competencies.page.map(shown),
        pageInfo: competencies.pageInfo,
        totalCount: found.competencies.total,
      },
      students: {
        nodes: students.page.map(({ number, login, givenName, familyName }) => ({
          studentId: publicId('person', number),
          ...{ login, givenName, familyName },
          statuses: competencies.page.map(column => competencyStatuses[found.statusOf(number, column.number)]!),
        })),
        pageInfo: students.pageInfo,
        totalCount: found.students.total,
      },
    };
  }
}
