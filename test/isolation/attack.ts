import { parse, validate } from 'graphql';
import { Random } from '../../cli/generate/random';
import { anyOf, chance, type Hand } from './arguments';
import type { WorldCaller } from './callers';
import { compare, nothingComes, wordsThatLeak, type Finding } from './compare';
import { printed, smaller, type Document, type Question } from './documents';
import type { Judging } from './judging';
import { randomMutation } from './mutations';
import { oracleOf, type Expected, type Oracle } from './oracle';
import { randomQuery } from './queries';
import { judgeRoute, randomRequest } from './routes';
import { WouldChange } from './rules-of-changes';
import { targets, type AttackedService, type Target } from './service';
import { coveredClasses } from './worlds-of-callers';

export interface Attack {
  service: AttackedService;
  seed: number;
  /** How many questions are asked, each of one caller. */
  cases: number;
  /** Where to; everywhere when omitted. */
  targets?: Target[];
  /** Whether mutations and routes are asked for, too; true when omitted. */
  writes?: boolean;
  /** Whether the permissions are in force; true when omitted. */
  permissions?: boolean;
  /** As whom a caller is judged; as what they are when omitted. */
  judgedAs?: (caller: WorldCaller) => WorldCaller;
  /** Stops at so many findings; at the first when omitted. */
  most?: number;
}

export interface Outcome {
  cases: number;
  /** Questions asked of the graph; the rest are requests of routes. */
  questions: number;
  /** Questions answered without any refusal. */
  answered: number;
  /** Every field that was asked for, as Type.field. */
  asked: Set<string>;
  /** Every field that had a value, which was judged. */
  valued: Set<string>;
  /** What was found, as a text with the seed, the caller and the question. */
  findings: string[];
}

const callersEach = 5;
/** Half of the questions go through the gateway, the rest past it. */
const doors: Target[] = ['gateway', 'gateway', 'gateway', ...targets];

/** Asks random questions as random callers, and holds each answer against the caller's world. */
export async function attack({ service, seed, cases, ...options }: Attack): Promise<Outcome> {
  const random = new Random(seed);
  const seeing = service.callers.filter(caller => !caller.refused && coveredClasses(caller).size > 0);
  const outcome: Outcome = { cases: 0, questions: 0, answered: 0, asked: new Set(), valued: new Set(), findings: [] };
  while (outcome.cases < cases) {
    const at = anyOf({ random }, options.targets ?? doors);
    // Mostly somebody who sees something: who sees nothing is soon told so.
    const caller = anyOf({ random }, chance({ random }, 4) ? service.callers : seeing);
    const hand: Hand = { ...service, random, caller, schema: service.schemas[at], asked: outcome.asked, valued: outcome.valued };
    const { together, again } = asking(hand);
    const round: Round = { ...{ service, at, oracle: oracleOf(hand.schema) }, permissions: options.permissions ?? true, judgedAs: options.judgedAs ?? (same => same) };

    if ((options.writes ?? true) && chance(hand, 12)) {
      const request = randomRequest(hand);
      for (const each of [...together, ...again]) {
        const judged = await judgeRoute(service, each, request);
        if (judged === null) continue;
        outcome.cases++;
        for (const finding of judged) outcome.findings.push(told({ seed, round, caller: each, finding, question: request }));
      }
    } else {
      const mutation = (options.writes ?? true) && chance(hand, 6) ? randomMutation(hand) : null;
      const document = mutation ?? randomQuery(hand);
      // Side by side, so that nothing of one request may reach another; then once more, to see what is remembered.
      const judged = await Promise.all(together.map(each => judge(round, each, document)));
      for (const each of again) judged.push(await judge(round, each, document));
      for (const one of judged.filter(each => each !== null)) {
        outcome.cases++;
        outcome.questions++;
        if (one.answered) outcome.answered++;
        for (const field of one.valued) outcome.valued.add(field);
      }
      const wrong = judged.findIndex(each => each !== null && each.findings.length > 0);
      if (wrong >= 0) {
        const who = [...together, ...again][wrong]!;
        const first = judged[wrong]!.findings[0]!;
        const least = await cutDown(round, { caller: who, document, first });
        outcome.findings.push(told({ seed, round, caller: who, finding: least.finding, question: printed(least.document, service.schemas[at]) }));
      }
    }
    if (outcome.findings.length >= (options.most ?? 1)) break;
  }
  return outcome;
}

export interface Given {
  caller: WorldCaller;
  document: Document;
  at: Target;
}

/** Holds the answer to one question against the caller's world; null where it would change the world, and is not asked. */
export async function judgeOne(service: AttackedService, { caller, document, at }: Given): Promise<Judged | null> {
  return judge({ service, at, oracle: oracleOf(service.schemas[at]), permissions: true, judgedAs: same => same }, caller, document);
}

/** Whoever the question is made for, colleagues, and people of other tenants; sometimes the first once more. */
function asking(hand: Hand): { together: WorldCaller[]; again: WorldCaller[] } {
  const colleagues = hand.callers.filter(({ tenant }) => tenant === hand.caller.tenant);
  const others = Array.from({ length: callersEach - 1 }, (_, n) => anyOf(hand, n < 3 ? colleagues : hand.callers));
  return { together: [hand.caller, ...others], again: chance(hand, 6) ? [hand.caller, others[0]!] : [] };
}

interface Round {
  service: AttackedService;
  at: Target;
  oracle: Oracle;
  permissions: boolean;
  judgedAs: (caller: WorldCaller) => WorldCaller;
}

interface Judged extends Pick<Expected, 'valued'> {
  answered: boolean;
  /** Of the errors that came. */
  codes: string[];
  findings: Finding[];
}

/** One question of one caller; null where it would change something, and is not asked. */
async function judge(round: Round, asker: WorldCaller, document: Document): Promise<Judged | null> {
  const { service, at, permissions } = round;
  const caller = round.judgedAs(asker);
  const question = printed(document, service.schemas[at]);
  const judging: Judging = { at: round.at, caller, permissions, tenants: service.world.tenants, cursors: service.cursors };
  const expected = expectedOf(round, { question, judging });
  if (expected === null) return null;
  const answered = await service.send(at, asker, { path: '/graphql', body: question });
  const differences = caller.refused
    ? nothingComes(caller.refused, answered)
    : compare(expected, answered, (cursor, place) => service.cursors.set(cursor, place));
  const inPlace = JSON.stringify([expected.data, [...expected.cursors.values()].map(({ told }) => told)]);
  const words = wordsThatLeak({
    ...{ answered, caller, owners: service.owners },
    sent: JSON.stringify(question),
    expected: caller.refused ? '' : inPlace,
  });
  const findings = [...differences, ...words].map(finding => ({ ...finding, detail: `${finding.detail}\n  errors: ${JSON.stringify(answered.errors)?.slice(0, 500)}` }));
  const { valued, refused } = expected;
  const codes = [...new Set((answered.errors ?? []).map(({ extensions }) => String(extensions?.code)))];
  return { codes, valued: caller.refused ? new Set() : valued, answered: !caller.refused && refused.length === 0, findings };
}

function expectedOf({ oracle }: Round, { question, judging }: { question: Question; judging: Judging }): Expected | null {
  try {
    return oracle(question, judging);
  } catch (error) {
    if (error instanceof WouldChange) return null;
    throw error;
  }
}

interface Failing {
  caller: WorldCaller;
  document: Document;
  first: Finding;
}

/** The smallest document found by leaving parts out that still shows something; the whole one where it does so no more. */
async function cutDown(round: Round, { caller, document, first }: Failing): Promise<{ document: Document; finding: Finding }> {
  let least = { document, finding: first };
  let tries = 60;
  for (let goesOn = true; goesOn; ) {
    goesOn = false;
    for (const candidate of smaller(least.document)) {
      if (tries <= 0) break;
      if (!isValid(round, candidate)) continue;
      tries--;
      const finding = (await judge(round, caller, candidate).catch(() => null))?.findings[0];
      if (!finding) continue;
      least = { document: candidate, finding };
      goesOn = true;
      break;
    }
  }
  return least;
}

function isValid({ service, at }: Round, document: Document): boolean {
  const schema = service.schemas[at];
  return validate(schema, parse(printed(document, schema).query)).length === 0;
}

interface Telling {
  seed: number;
  round: Round;
  caller: WorldCaller;
  finding: Finding;
  question: unknown;
}

const told = ({ seed, round, caller, finding, question }: Telling): string =>
  [
    `${finding.what} at ${finding.path}: ${finding.detail}`,
    `seed ${seed}, world ${round.service.world.seed}, asked of ${round.at} as ${caller.title} ${JSON.stringify(caller.asker)}`,
    JSON.stringify(question, null, 1).replaceAll('\\n', '\n'),
  ].join('\n');
