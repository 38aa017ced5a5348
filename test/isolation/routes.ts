import { anId, anyOf, chance, type Hand } from './arguments';
import type { WorldCaller } from './callers';
import { wordsThatLeak, type Finding } from './compare';
import { receiptOf, asSent, WouldChange } from './rules-of-changes';
import type { AttackedService, Sent } from './service';

/** A request of an HTTP route, and what its answer must be. */
export interface RouteRule {
  request: (hand: Hand) => Sent;
  /** The status, and of the body what is judged; throws WouldChange where it would change the world. */
  answer: (sent: Sent, caller: WorldCaller, service: AttackedService) => { status: number; body?: unknown };
}

interface SentEvent {
  eventId: string;
  classId: string;
  userId: string;
}

/** Every route of every subgraph, by method and path. A new one has its line here, or a test fails. */
export const routes: Record<string, RouteRule> = {
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
      const judging = { caller, cursors, tenants: world.tenants, permissions: true };
      return { status: 202, body: receiptOf(body as SentEvent[], judging, 'externalId') };
    },
  },
};

const statusOf: Record<string, number> = { UNAUTHENTICATED: 401, FORBIDDEN: 403, NOT_FOUND: 404 };

export interface RouteRequest {
  name: string;
  sent: Sent;
}

export function randomRequest(hand: Hand): RouteRequest {
  const name = anyOf(hand, Object.keys(routes));
  return { name, sent: routes[name]!.request(hand) };
}

/** Sends a request as a caller and says what is wrong with the answer; null where it would change the world. */
export async function judgeRoute(service: AttackedService, caller: WorldCaller, { name, sent }: RouteRequest): Promise<Finding[] | null> {
  let expected: { status: number; body?: unknown };
  try {
    expected = caller.refused ? { status: statusOf[caller.refused]! } : routes[name]!.answer(sent, caller, service);
  } catch (error) {
    if (error instanceof WouldChange) return null;
    throw error;
  }
  const answered = await service.send('gateway', caller, sent);
  const findings: Finding[] = [];
  const wrong = (came: unknown, wanted: unknown) =>
    findings.push({ what: 'wrongly answered', path: name, detail: `${JSON.stringify(came)} came, not ${JSON.stringify(wanted)}` });
  if (answered.status !== expected.status) wrong([answered.status, answered.text], expected);
  else if (expected.body !== undefined) {
    const { status: _status, text: _text, ...body } = answered as object as Record<string, unknown>;
    const came = withoutMessages(body);
    if (JSON.stringify(came) !== JSON.stringify(withoutMessages(expected.body))) wrong(came, expected.body);
  }
  const sentText = JSON.stringify(sent);
  return [...findings, ...wordsThatLeak({ answered, caller, sent: sentText, expected: '', owners: service.owners })];
}

/** Messages are searched for words that leak, as the whole text is; what they say else is the route's own tests' to judge. */
const withoutMessages = (body: unknown): unknown =>
  JSON.parse(JSON.stringify(body, (key, value: unknown) => (key === 'message' ? undefined : value)));
