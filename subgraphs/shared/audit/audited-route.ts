import type { Caller } from '../access/caller';
import { Problem } from '../errors';
import type { RouteRequest, RouteResponse, RouteTools, SubgraphRoute } from '../subgraph/route';
import { writeAudit, type Deed } from './audit';
import { auditRefusedCaller, isAway, writeApart } from './refusals';

/**
 * Answers a route and leaves its trail in the audit log: what it changed, where the route itself has not said so with
 * `audit`; that somebody was refused; and what a super admin reads in another tenant.
 */
export async function answerAudited(
  route: SubgraphRoute,
  request: RouteRequest,
  tools: Omit<RouteTools, 'audit'>,
): Promise<RouteResponse> {
  const { credentials } = request;
  const { database, now } = tools;
  const place = `${route.method} ${route.path}`;
  let caller: Caller | undefined;
  let recorded = false;
  const record = async (deed: Deed): Promise<void> => {
    if (caller) await writeApart(caller.tenantId, deed, { database, now, person: caller, from: credentials });
  };
  const details = (more: object = {}) => ({ params: request.params, query: Object.fromEntries(request.query), ...more });

  try {
    const response = await route.handle(request, {
      ...tools,
      identify: async (...asked) => {
        caller = await tools.identify(...asked);
        if (route.method === 'GET' && isAway(caller)) await record({ action: 'READ', details: { asked: [place], ...details() } });
        return caller;
      },
      audit: async (tx, deed) => {
        await writeAudit(tx, deed, { now, person: caller, from: credentials });
        recorded = true;
      },
    });
    const writes = route.method !== 'GET' && (!route.unaudited || (caller !== undefined && isAway(caller)));
    if (writes && !recorded && response.status < 400) await record({ action: place, details: details({ status: response.status }) });
    return response;
  } catch (error) {
    if (caller && error instanceof Problem && error.code === 'FORBIDDEN') {
      await record({ action: 'REFUSED', details: { asked: [place], ...details() } });
    } else await auditRefusedCaller(error, credentials, { database, now });
    throw error;
  }
}
