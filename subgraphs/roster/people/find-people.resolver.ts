import { Arg, Ctx, Int, Query, Resolver } from 'type-graphql';
import { publicId } from '../../shared/identifiers';
import type { RosterContext } from '../context';
import { PersonConnection } from './find-people.type';
import { Role, rolesIn } from '../../shared/graphql/role.enum';

@Resolver()
export class PeopleResolver {
  @Query(() => PersonConnection, { description: "ORG_ADMIN: the tenant's people by login." })
  async people(
    @Arg('search', () => String, { nullable: true, description: 'Part of a login or a name.' })
    search: string | null | undefined,
    @Arg('roles', () => [Role], { nullable: true, description: 'Who has at least one of these.' })
    roles: Role[] | null | undefined,
    @Arg('first', () => Int, { nullable: true, defaultValue: 50 }) asked: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { loaders }: RosterContext,
  ): Promise<PersonConnection> {
    const question = { search: search?.trim() || null, roles: roles ?? null };
    const { people, endCursor, hasNextPage, total } = await loaders.people(question, { first: asked ?? 50, after });
    return {
      nodes: people.map(({ id, login, givenName, familyName, roles: names }) => ({
        ...{ login, givenName, familyName },
        id: publicId('person', id),
        roles: rolesIn(new Set(names)),
      })),
      pageInfo: { hasNextPage, endCursor },
      totalCount: total,
    };
  }
}
