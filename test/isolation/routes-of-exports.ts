import { anyOf, chance, type Hand } from './arguments';
import { refuse } from './judging';
import type { RouteRule } from './routes';
import { contentOf, exportsOf, seesFile } from './rules-of-exports';

const anId = (hand: Hand): string => {
  const own = exportsOf(hand.caller);
  const tenant = chance(hand, 3) ? anyOf(hand, hand.world.tenants.slice(1)) : hand.caller.tenant;
  const list = own.length > 0 && !chance(hand, 3) ? own : tenant.exports;
  return list.length === 0 || chance(hand, 10) ? 'x0zzzzz' : anyOf(hand, list).id;
};

/** A finished report file: its requester's, as long as all that it shows is theirs to see. */
export const routesOfExports: Record<string, RouteRule> = {
  'GET /exports/:id/file': {
    request: hand => ({ path: `/exports/${anId(hand)}/file`, method: 'GET' }),
    answer: ({ path }, caller, { callers }) => {
      const file = exportsOf(caller).find(({ id }) => id === path.split('/')[2]) ?? refuse('NOT_FOUND');
      const maker = callers.find(({ title }) => title === `${file.part} of ${caller.tenant.key}`)!;
      const reads = (['ORG_ADMIN', 'OFFICER', 'PARTNER', 'TEACHER'] as const).some(role => caller.roles.has(role));
      if (file.part === 'revoked' || !reads || !seesFile(caller, maker, file.nodeId)) refuse('FORBIDDEN');
      return { status: 200, text: contentOf(maker, file.nodeId) };
    },
  },
};
