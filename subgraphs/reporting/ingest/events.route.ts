import { forbidden } from '../../shared/errors';
import { json, type SubgraphRoute } from '../../shared/subgraph/route';
import { BodyRoom } from './body-room';
import type { Rejection } from './event';
import { countEvents, readEvents, readEventsBody } from './events-body';
import { eventsOfTenant } from './events-of-tenant';
import { events as eventsMetric } from './ingest.metrics';
import { recordEvents } from './record';

/** Of this process. */
const room = new BodyRoom();

/**
 * POST /events: activity in bulk, by the customer's ids. Nothing is stored before the whole body is there. 202 with the
 * receipt, also when every record was rejected: each one says why. Fields of names that are none are told with it.
 */
export const eventsRoute: SubgraphRoute = {
  method: 'POST',
  path: '/events',
  unaudited: true,
  handle: async ({ credentials, headers, body }, { database, identify, now }) => {
    const caller = await identify(credentials);
    if (!caller.tenantWide && !caller.roles.has('PARTNER')) {
      throw forbidden('This needs the role ORG_ADMIN or PARTNER.');
    }
    return room.with(async held => {
      const bytes = await readEventsBody({ headers, body }, held);
      await held.turn(countEvents(bytes));
      const unread: Rejection[] = [];
      const ignored = new Set<string>();
      const reject = (rejection: Rejection) => void unread.push(rejection);
      const events = eventsOfTenant(readEvents(bytes, reject), { tenant: caller.tenantExternalId, reject, ignored });
      const receipt = await recordEvents({ database, caller }, { events, now });
      eventsMetric.inc({ outcome: 'rejected' }, unread.length);
      return json(202, {
        ...receipt,
        rejected: [...unread, ...receipt.rejected],
        ...(ignored.size > 0 ? { ignoredFields: [...ignored] } : {}),
      });
    });
  },
};
