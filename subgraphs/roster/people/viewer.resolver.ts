import { Ctx, Query, Resolver } from 'type-graphql';
import type { Caller } from '../../shared/access/caller';
import { publicId } from '../../shared/identifiers';
import type { RosterContext } from '../context';
import { rolesIn } from '../../shared/graphql/role.enum';
import { Viewer } from './viewer.type';

const shownViewer = (caller: Caller): Viewer => ({
  id: publicId('person', caller.personId),
  login: caller.login,
  tenant: { id: publicId('tenant', caller.tenantId), name: caller.tenantName },
  roles: rolesIn(caller.roles),
});

@Resolver(() => Viewer)
export class ViewerResolver {
  @Query(() => Viewer, {
    nullable: true,
    description: 'The caller: who they are, what they may see, and where their view begins.',
  })
  viewer(@Ctx() { caller }: RosterContext): Viewer {
    return shownViewer(caller);
  }
}

/** Whoever asks is the only viewer there is. */
export function resolveViewerReference({ id }: { id: string }, { caller }: RosterContext): Viewer | null {
  const viewer = shownViewer(caller);
  return viewer.id === id ? viewer : null;
}
