import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import type { RosterContext } from '../../../context';
import { setOrgTypes } from './org-types';
import { OrgTypeInput, OrgTypeMapping } from './org-types.type';

@Resolver()
export class OrgTypesResolver {
  @Query(() => [OrgTypeMapping], {
    nullable: true,
    description: 'ORG_ADMIN. What the orgs of OneRoster bundles become in this tenant, from the widest type.',
  })
  orgTypes(@Ctx() { loaders }: RosterContext): Promise<OrgTypeMapping[]> {
    return loaders.orgTypes() as Promise<OrgTypeMapping[]>;
  }

  @Mutation(() => [OrgTypeMapping], {
    description:
      'ORG_ADMIN. Sets what orgs of these types become, from the next import on, which then moves what has come before; '
      + 'types that are not named stay as they are. BAD_USER_INPUT where a type comes twice or is to become a class.',
  })
  async setOrgTypes(
    @Arg('types', () => [OrgTypeInput]) types: OrgTypeInput[],
    @Ctx() context: RosterContext,
  ): Promise<OrgTypeMapping[]> {
    await context.session.write(tx => setOrgTypes(tx, types));
    return (await context.loaders.orgTypes()) as OrgTypeMapping[];
  }
}
