import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql';
import { isThemselves } from '../../../shared/access/caller';
import { badInput, notFound } from '../../../shared/errors';
import { personNumber, publicId } from '../../../shared/identifiers';
import type { RosterContext } from '../../context';
import { erasePerson } from './erase-person';
import { Erasure } from './erasure.type';

@Resolver()
export class ErasureResolver {
  @Mutation(() => Erasure, {
    description:
      'ORG_ADMIN: erases a user for good. Login, names, external id, password and grants go; the user signs in no more, and ' +
      'is found by nobody. What adds up stays as it was, under an id that leads to nobody. A file that lists the external ' +
      'id later makes a new user. Again: nothing changes. NOT_FOUND where there is no such user, BAD_USER_INPUT for oneself.',
  })
  async eraseUser(
    @Arg('userId', () => ID) userId: string,
    @Arg('reason', () => String, { nullable: true, description: 'For the audit log; what names the user is taken out of it.' })
    _reason: string | null | undefined,
    @Ctx() { session, caller, now }: RosterContext,
  ): Promise<Erasure> {
    const personId = personNumber(userId);
    if (personId === null) throw notFound(`There is no user '${userId}'.`);
    if (isThemselves(caller, personId)) throw badInput('Nobody can erase themselves: please ask another administrator.');
    const { askedAt, finishedAt } = await session.write(tx => erasePerson(tx, { personId, now }));
    return { userId: publicId('person', personId), erasedAt: askedAt, finishedAt };
  }
}
