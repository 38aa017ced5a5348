import { isDeepStrictEqual } from 'node:util';
import { anId, anyOf, chance, type Hand } from './arguments';
import type { WorldCaller } from './callers';
import { wordsThatLeak, type Finding } from './compare';
import { Refusal, type Judging } from './judging';
import { routesOfExports } from './routes-of-exports';
import { routesOfFiles } from './routes-of-files';
import { routesOfMembers } from './routes-of-members';
import { receiptOf, asSent, WouldChange } from './rules-of-changes';
import type { AttackedService, Sent } from './service';

/** A request of an HTTP route, and what its answer must be. */
export interface RouteRule {
  request: (hand: Hand) => Sent;
  /** The status, and of the body what is judged; throws WouldChange where it would change the world. */
  answer: (sent: Sent, caller: WorldCaller, service: AttackedService) => RouteAnswer;
  /** Puts a list into one order, where the service leaves its own open. */
  inOrder?: (list: never[]) => unknown[];
  /** Whether nobody's token is looked at. */
  open?: boolean;
}
export interface RouteAnswer {
  /** Several where it depends on what came before. */
  status: number | number[];
  /** As JSON. */
  body?: unknown;
  /** As it is, where it is none. */
  text?: string;
}

interface SentEvent {
  eventId: string;
  classId: string;
  userId: string;
}

/** Every route of every subgraph, by method and path. A new one has its line here, or a test fails. */
export const routes: Record<string, RouteRule> = {
  ...routesOfMembers,
  ...routesOfFiles,
  ...routesOfExports,
  'POST /events': {
    request: hand => ({
      path: '/events',
      body: Array.from({ length: 1 + hand.random.below(4) }, () => {
        const tenant = chance(hand, 4) ? anyOf(hand, hand.world.tenants.slice(1)) : hand.caller.tenant;
        const { events, classes, people } = tenant.events.length > 0 ? tenant : hand.world.tenants[1]!;
        const event = anyOf(hand, events);
        return asSent(event, {
          classId: chance(hand, 8) ? anId(hand) : (chance(hand, 4) ? anyOf(hand, classes) : event.klass).externalId,
          userId: (chance(hand, 8) ? anyOf(hand, people) : event.person).externalId,
        });
      }).filter((event, index, all) => all.findIndex(({ eventId }) => eventId === event.eventId) === index),
    }),
    answer: ({ body }, caller, { world, cursors }) => {
      if (!caller.tenantWide && !caller.roles.has('PARTNER')) return { status: 403 };
      const judging: Judging = { at: 'gateway', caller, cursors, tenants: world.tenants, permissions: true };
      return { status: 202, body: receiptOf(body as SentEvent[], judging, 'externalId') };
    },
  },
};

const statusOf: Record<string, number> = { UNAUTHENTICATED: 401, FORBIDDEN: 403, NOT_FOUND: 404, BAD_USER_INPUT: 400 };

export interface RouteRequest {
  name: string;
  sent: Sent;
}

export function randomRequest(hand: Hand): RouteRequest {
  const name = anyOf(hand, Object.keys(routes));
  return { name, sent: routes[name]!.request(hand) };
}

function expectedOf(service: AttackedService, caller: WorldCaller, { name, sent }: RouteRequest): RouteAnswer | null {
  const route = routes[name]!;
  try {
    return caller.refused && !route.open ? { status: statusOf[caller.refused]! } : route.answer(sent, caller, service);
  } catch (error) {
    if (error instanceof Refusal) return { status: statusOf[error.code]! };
    if (error instanceof WouldChange) return null;
    throw error;
  }
}

/** Sends a request as a caller and says what is wrong with the answer; null where it would change the world. */
export async function judgeRoute(service: AttackedService, caller: WorldCaller, request: RouteRequest): Promise<Finding[] | null> {
  const { name, sent } = request;
  const expected = expectedOf(service, caller, request);
  if (expected === null) return null;
  const answered = await service.send('gateway', caller, sent);
  const findings: Finding[] = [];
  const wrong = (came: unknown, wanted: unknown) =>
    findings.push({ what: 'wrongly answered', path: name, detail: `${JSON.stringify(came)} came, not ${JSON.stringify(wanted)}` });
  if (![expected.status].flat().includes(answered.status)) wrong([answered.status, answered.text], expected);
  else if (expected.text !== undefined && answered.body !== expected.text) wrong(answered.body, expected.text);
  else if (expected.body !== undefined) {
    const body = JSON.parse(answered.body) as never[];
    const came = comparable(routes[name]!.inOrder?.(body) ?? body);
    const wanted = comparable(expected.body);
    if (!isDeepStrictEqual(came, wanted)) wrong(came, wanted);
  }
  const told = { sent: JSON.stringify(sent), expected: JSON.stringify([expected.body, expected.text]) };
  return [...findings, ...wordsThatLeak({ answered, caller, ...told, owners: service.owners })];
}

/** Messages are searched for words that leak, as the whole text is; what they say else is the route's own tests' to judge. */
const comparable = (body: unknown): unknown =>
  JSON.parse(JSON.stringify(body, (key, value: unknown) => (key === 'message' ? undefined : value)));
