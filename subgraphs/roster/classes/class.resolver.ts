import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { forbidden } from '../../shared/errors';
import { publicId } from '../../shared/identifiers';
import type { RosterContext } from '../context';
import type { SeenNode } from '../enrolments/node.resolver';
import { HierarchyNode } from '../enrolments/node.type';
import type { SeenClass } from './class.loader';
import { Class, CreateClassInput, Group } from './class.type';
import { createClass } from './create-class';
import { setClassActive } from './set-active';

@Resolver(() => Class)
export class ClassResolver {
  @Query(() => Class, {
    nullable: true,
    description:
      "A class: for those who cover it, its active teachers and the tenant's administrators, and for its active " +
      'students without the others in it. Null where there is none; FORBIDDEN for everybody else.',
  })
  class(@Arg('id', () => ID) id: string, @Ctx() context: RosterContext): Promise<Class | null> {
    return resolveClassReference({ id }, context);
  }

  @FieldResolver(() => Group, {
    nullable: true,
    description: 'What the roster says about the school; not necessarily a parent in any hierarchy.',
  })
  school(@Root() { schoolId }: SeenClass): Group | null {
    return schoolId === null ? null : { id: publicId('group', schoolId) };
  }

  @FieldResolver(() => [HierarchyNode], {
    nullable: true,
    description:
      "Where this class hangs: its own node in each hierarchy in which it is placed, by the hierarchy's name. Its " +
      'parent there is null where it does not reach a root and for who sees no more than the class.',
  })
  async placements(@Root() seen: SeenClass, @Ctx() { loaders }: RosterContext): Promise<SeenNode[]> {
    return (await loaders.placements(seen)).map(node => ({ node, id: node.id, hierarchyId: node.hierarchyKey }));
  }

  @Mutation(() => Class, {
    description:
      'ORG_ADMIN, and TEACHER: a new class with its teachers and its places, all or nothing. CONFLICT: two parents ' +
      'in one hierarchy, an external id that is taken. NOT_FOUND: a teacher, school, hierarchy or parent there is not.',
  })
  async createClass(
    @Arg('input', () => CreateClassInput) input: CreateClassInput,
    @Ctx() context: RosterContext,
  ): Promise<Class> {
    const id = await context.session.write(tx => createClass(tx, input, context));
    return changedClass(publicId('class', id), context);
  }

  @Mutation(() => Class, {
    description:
      'ORG_ADMIN, and TEACHER for the own classes. An inactive class keeps its place and its figures, and leaves the ' +
      'counts of classes, students and competencies.',
  })
  async setClassActive(
    @Arg('classId', () => ID) classId: string,
    @Arg('active', () => Boolean) active: boolean,
    @Ctx() context: RosterContext,
  ): Promise<Class> {
    await context.session.write(tx => setClassActive(tx, { classId, active, change: context }));
    return changedClass(classId, context);
  }
}

/** A class as it is after its change. Who has just left it is still told what it is, and no more of who is in it. */
export async function changedClass(id: string, { loaders }: Pick<RosterContext, 'loaders'>): Promise<Class> {
  const changed = (await loaders.classById(id))!;
  return changed.seen === 'hidden' ? ({ ...changed, seen: 'attended' } as SeenClass) : changed;
}

/** A class that a request or another subgraph names: null where there is none, refused where it may not be seen. */
export async function resolveClassReference({ id }: { id: string }, { loaders }: RosterContext): Promise<Class | null> {
  const found = await loaders.classById(id);
  if (found?.seen === 'hidden') throw forbidden('You may not see this class: it is neither granted to you nor yours.');
  return found;
}
