import { badInput, notFound } from '../../shared/errors';
import { json, type SubgraphRoute } from '../../shared/subgraph/route';
import { chooseHierarchy } from '../hierarchies/choose';
import { levelMap } from './levels';
import { membershipOf } from './membership';
import { selectConfiguredLevels } from './membership.queries';

/** The one character that the database keeps in no text. */
const nul = '\u0000';

function wantedHierarchy(query: URLSearchParams): string | null {
  const key = query.get('hierarchy');
  if (key?.includes(nul)) throw badInput('hierarchy must be the id of a hierarchy, not text with a NUL character.');
  return key;
}

/** GET /hierarchy/levels: a map of types to levels, for any user of the tenant. */
const levels: SubgraphRoute = {
  method: 'GET',
  path: '/hierarchy/levels',
  handle: async ({ credentials, query }, { database, identify }) => {
    const caller = await identify(credentials);
    const configured = await database.transaction(caller.tenantId, 'read', async tx => {
      const { id } = await chooseHierarchy(tx, caller, wantedHierarchy(query));
      return selectConfiguredLevels(tx, id);
    });
    return json(200, levelMap(configured));
  },
};

/** GET /hierarchy/users/{eid}/membership: what a user belongs to, by the customer's own ids. */
const membership: SubgraphRoute = {
  method: 'GET',
  path: '/hierarchy/users/:eid/membership',
  handle: async ({ credentials, params, query }, { database, identify }) => {
    const caller = await identify(credentials);
    const eid = params.eid!;
    if (eid.includes(nul)) throw notFound('There is no such user.');
    const memberships = await database.transaction(caller.tenantId, 'read', async tx =>
      membershipOf(tx, { caller, eid, hierarchy: await chooseHierarchy(tx, caller, wantedHierarchy(query)) }),
    );
    return json(200, memberships);
  },
};

export const providerRoutes = [levels, membership];
