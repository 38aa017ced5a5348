import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import { SafeInt } from '../../shared/graphql/scalars';
import { publicId } from '../../shared/identifiers';
import { checkFirst, noCursor, readPlace, writeCursor } from '../../shared/paging';
import type { RosterContext } from '../context';
import type { LogFilter, LogRow } from './activity-log.queries';
import { ActivityAction, ActivityLogConnection, ActivityLogEntry } from './activity-log.type';

/** A page of the log, with what it was chosen by. */
type ShownLog = ActivityLogConnection & { readonly filter: LogFilter };

@Resolver(() => ActivityLogConnection)
export class ActivityLogResolver {
  @Query(() => ActivityLogConnection, {
    description:
      'The changes of rosters, newest first, ties by id; filters combine. For who reads reports: of the whole tenant ' +
      'for its administrators, else of the covered and the own classes. NOT_FOUND: an id that nobody and nothing has ' +
      'or had.',
  })
  async activityLog(
    @Arg('classId', () => ID, { nullable: true }) classId: string | null,
    @Arg('studentId', () => ID, { nullable: true }) studentId: string | null,
    @Arg('performedById', () => ID, { nullable: true }) performedById: string | null,
    @Arg('actions', () => [ActivityAction], { nullable: true, description: 'Any of these; all when omitted.' })
    actions: ActivityAction[] | null,
    @Arg('lastDays', () => Int, { nullable: true, description: 'The last so many times 24 hours: 1 to 36,500.' })
    lastDays: number | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 50 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() { loaders }: RosterContext,
  ): Promise<ActivityLogConnection> {
    const pageSize = checkFirst(first ?? 50);
    const question = {
      ...{ classId: classId ?? null, studentId: studentId ?? null, performedById: performedById ?? null },
      ...{ actions: actions ?? null, lastDays: lastDays ?? null },
    };
    const asked = ['activityLog', ...Object.values(question)];
    const { filter, rows } = await loaders.log(question, { first: pageSize, after: placeIn(after, asked) });
    const shown = rows.slice(0, pageSize);
    const last = shown.at(-1);
    const connection: ShownLog = {
      filter,
      nodes: shown.map(shownEntry),
      pageInfo: {
        hasNextPage: rows.length > shown.length,
        endCursor: last ? writeCursor([last.createdAt.toISOString(), last.id], asked) : null,
      },
    };
    return connection;
  }

  @FieldResolver(() => SafeInt)
  totalCount(@Root() { filter }: ShownLog, @Ctx() { loaders }: RosterContext): Promise<number> {
    return loaders.countLog(filter);
  }
}

const shownEntry = (row: LogRow): ActivityLogEntry => ({
  id: publicId('logEntry', Number(row.id)),
  action: ActivityAction[row.action],
  classId: publicId('class', row.classId),
  userId: publicId('person', row.userId),
  studentId: row.studentId === null ? null : publicId('person', row.studentId),
  performedById: publicId('person', row.performedById),
  metadata: row.metadata,
  createdAt: row.createdAt,
});

function placeIn(after: string | null | undefined, asked: unknown): { createdAt: string; id: string } | null {
  const place = readPlace(after, asked, { createdAt: 'moment', id: 'text' });
  if (place && !/^\d{1,15}$/.test(place.id)) throw noCursor();
  return place;
}
