import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { publicId } from '../../shared/identifiers';
import { checkFirst, readPlace, writeCursor } from '../../shared/paging';
import { Group } from '../classes/class.type';
import type { RosterContext } from '../context';
import type { SeenStudent } from '../people/student.loader';
import { removeStudentGroup } from './remove-student-group';
import type { StudentGroupRow, StudentRow } from './student-group.queries';
import { StudentConnection, StudentGroup, StudentGroupConnection } from './student-group.type';

/** A group the caller may see. */
type SeenGroup = StudentGroup & { readonly row: StudentGroupRow };

const shownGroup = (row: StudentGroupRow): SeenGroup => ({
  row,
  id: publicId('studentGroup', row.id),
  name: row.name,
  schoolYear: row.schoolYear,
  subject: row.subject,
});

const shownStudent = ({ id, login, givenName, familyName }: StudentRow): SeenStudent => ({
  ...{ number: id, visible: true },
  id: publicId('person', id),
  ...{ login, givenName, familyName },
});

@Resolver(() => StudentGroup)
export class StudentGroupResolver {
  @Query(() => StudentGroupConnection, {
    description: "By name: the student groups the caller belongs to as a user; all of the tenant's for an ORG_ADMIN.",
  })
  async studentGroups(
    @Arg('schoolYear', () => Int, { nullable: true }) schoolYear: number | null | undefined,
    @Arg('first', () => Int, { nullable: true, defaultValue: 50 }) asked: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { loaders }: RosterContext,
  ): Promise<StudentGroupConnection> {
    const question = ['studentGroups', schoolYear ?? null];
    const place = readPlace(after, question, { name: 'text', id: 'number' });
    const first = checkFirst(asked ?? 50);
    const page = { schoolYear: schoolYear ?? null, after: place, first };
    const { groups, totalCount } = await loaders.studentGroups(page);
    const nodes = groups.slice(0, first);
    const last = nodes.at(-1);
    return {
      nodes: nodes.map(shownGroup),
      totalCount,
      pageInfo: {
        hasNextPage: groups.length > first,
        endCursor: last ? writeCursor([last.name, last.id], question) : null,
      },
    };
  }

  @Mutation(() => StudentGroup, {
    description: 'ORG_ADMIN: takes a student group out of sight. A file that lists it again brings it back.',
  })
  async removeStudentGroup(@Arg('id', () => ID) id: string, @Ctx() { session, now }: RosterContext): Promise<StudentGroup> {
    return shownGroup(await session.write(tx => removeStudentGroup(tx, { id, now })));
  }

  @FieldResolver(() => Group, { nullable: true, description: 'Null where the caller may not see the school itself.' })
  async school(@Root() { row }: SeenGroup, @Ctx() { loaders, caller }: RosterContext): Promise<Group | null> {
    const id = publicId('group', row.schoolId);
    if (caller.tenantWide) return { id };
    const { key } = await loaders.nodes.hierarchy();
    const found = await loaders.nodes.found.load({ id, hierarchyKey: key });
    return found?.visible ? { id } : null;
  }

  @FieldResolver(() => StudentConnection, { description: 'By name.' })
  async students(
    @Root() { row }: SeenGroup,
    @Arg('first', () => Int, { nullable: true, defaultValue: 50 }) asked: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { loaders }: RosterContext,
  ): Promise<StudentConnection> {
    const question = ['studentGroup', row.id];
    const place = readPlace(after, question, { sortName: 'text', id: 'number' });
    const first = checkFirst(asked ?? 50);
    const page = { after: place, first };
    const { students, totalCount } = await loaders.studentsOfGroup.load({ groupId: row.id, page });
    const nodes = students.slice(0, first);
    const last = nodes.at(-1);
    return {
      nodes: nodes.map(shownStudent),
      totalCount,
      pageInfo: {
        hasNextPage: students.length > first,
        endCursor: last ? writeCursor([last.sortName, last.id], question) : null,
      },
    };
  }
}

export async function resolveStudentGroupReference(
  { id }: { id: string },
  { loaders }: RosterContext,
): Promise<StudentGroup | null> {
  const row = await loaders.studentGroup.load(id);
  return row && shownGroup(row);
}
