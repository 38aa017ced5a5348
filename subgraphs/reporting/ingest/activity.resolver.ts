import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { Problem } from '../../shared/errors';
import type { ReportingContext } from '../context';
import { ActivityEventInput, ActivityReceipt } from './activity.type';
import { refuseBehind } from './backpressure';
import { ingest } from './ingest';
import { permittedClasses } from './record';

const mostEvents = 1_000;

@Resolver()
export class ActivityResolver {
  @Mutation(() => ActivityReceipt, {
    description:
      'The write path, 1,000 events at most; the HTTP route /events takes the same records in bulk. For ORG_ADMIN, and ' +
      'PARTNER for classes it covers.',
  })
  recordActivity(
    @Arg('events', () => [ActivityEventInput]) events: ActivityEventInput[],
    @Ctx() { session, caller, now }: ReportingContext,
  ): Promise<ActivityReceipt> {
    if (events.length > mostEvents) {
      throw new Problem(
        'TOO_LARGE',
        `recordActivity takes ${mostEvents} events at most, not ${events.length}; POST /events takes more.`,
      );
    }
    return session.record(async tx => {
      await refuseBehind(tx);
      const permitted = permittedClasses(tx, caller);
      return ingest(tx, events, { now, ids: 'public', ...(permitted ? { permitted } : {}) });
    });
  }
}
