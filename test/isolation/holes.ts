import type { RequestHandler, Response } from 'express';
import type * as Answers from '../../gateway/answers';
import type * as NodeLoader from '../../subgraphs/hierarchy/nodes/node.loader';
import type { Node } from '../../subgraphs/hierarchy/nodes/node.queries';
import type * as ViewQueries from '../../subgraphs/hierarchy/nodes/view.queries';
import type * as NodeFigures from '../../subgraphs/reporting/reports/node-figures.resolver';
import type * as ReadLog from '../../subgraphs/roster/activity-log/read-log';
import type * as Receive from '../../subgraphs/roster/import/student-groups/receive';
import type * as StudentGroups from '../../subgraphs/roster/student-groups/student-group.queries';
import type * as Callers from '../../subgraphs/shared/access/caller';
import type { Caller } from '../../subgraphs/shared/access/caller';
import { selectTenant } from '../../subgraphs/shared/access/caller.queries';
import type { RoleName } from '../../subgraphs/shared/access/roles';
import { forbidden } from '../../subgraphs/shared/errors';
import type * as Paging from '../../subgraphs/shared/paging';
import { platformTenant } from '../../migrations/row-level-security';

/**
 * Mistakes as somebody could make them, planted in the modules of a test's process. All are closed until one is opened;
 * the service is then what it would be with that one mistake.
 */
export type Hole =
  | 'no scope in the queries'
  | 'a loader that callers share'
  | 'an answer that callers share'
  | 'a cursor that is not checked'
  | 'a reference that is not checked'
  | 'a message that names what is hidden'
  | 'a super admin by the token alone'
  | 'student groups of anybody'
  | 'a log without its classes'
  | 'imports of anybody';

let opened: Hole | null = null;

/** Opens a hole for as long as some work goes on. */
export async function withHole<Result>(hole: Hole, work: () => Promise<Result>): Promise<Result> {
  opened = hole;
  try {
    return await work();
  } finally {
    opened = null;
  }
}

export const inViewQueries = (actual: typeof ViewQueries): typeof ViewQueries => ({
  ...actual,
  viewCondition: (view, first) =>
    actual.viewCondition(opened === 'no scope in the queries' ? { ...view, everything: true } : view, first),
});

export function inNodeLoader(actual: typeof NodeLoader): typeof NodeLoader {
  const shared = new Map<string, Promise<Node | null>>();
  return {
    ...actual,
    nodeLoaders: parts => {
      const loaders = actual.nodeLoaders(parts);
      const node: typeof loaders.node = async key => {
        if (opened === 'a loader that callers share') {
          const name = JSON.stringify(key);
          if (!shared.has(name)) shared.set(name, loaders.node(key));
          return shared.get(name)!;
        }
        const found = opened === 'a message that names what is hidden' ? await loaders.found.load(key) : null;
        if (found && !found.visible) throw forbidden(`You may not see '${found.node.name}'.`);
        return loaders.node(key);
      };
      return { ...loaders, node };
    },
  };
}

export const inNodeFigures = (actual: typeof NodeFigures): typeof NodeFigures => ({
  ...actual,
  resolveNodeReference: async ({ id, hierarchyId }, context) => {
    if (opened !== 'a reference that is not checked') return actual.resolveNodeReference({ id, hierarchyId }, context);
    const { key } = await context.loaders.nodes.hierarchy(hierarchyId);
    const found = await context.loaders.nodes.found.load({ id, hierarchyKey: key });
    return found && actual.nodeReference(found.node);
  },
});

const keysIn = (cursor: string): (string | number | null)[] =>
  (JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as [string, ...(string | number | null)[]]).slice(1);

export const inPaging = (actual: typeof Paging): typeof Paging => ({
  ...actual,
  readCursor: (cursor, question) =>
    opened !== 'a cursor that is not checked' || !cursor ? actual.readCursor(cursor, question) : keysIn(cursor),
  readPlace: (cursor, question, kinds) => {
    if (opened !== 'a cursor that is not checked' || !cursor) return actual.readPlace(cursor, question, kinds);
    return Object.fromEntries(Object.keys(kinds).map((name, at) => [name, keysIn(cursor)[at]])) as ReturnType<typeof actual.readPlace<typeof kinds>>;
  },
});

export const inStudentGroups = (actual: typeof StudentGroups): typeof StudentGroups => {
  const anybodys = <Page extends { login: StudentGroups.UserLogin }>(page: Page): Page =>
    opened === 'student groups of anybody' ? { ...page, login: null } : page;
  return {
    ...actual,
    selectStudentGroups: (tx, page) => actual.selectStudentGroups(tx, anybodys(page)),
    selectGroupsByNumber: (tx, page) => actual.selectGroupsByNumber(tx, anybodys(page)),
  };
};

export const inReadingLogs = (actual: typeof ReadLog): typeof ReadLog => ({
  ...actual,
  filterLog: async (question, reader) => {
    const filter = await actual.filterLog(question, reader);
    return opened === 'a log without its classes' ? { ...filter, seen: null } : filter;
  },
});

export const inReceiving = (actual: typeof Receive): typeof Receive => ({
  ...actual,
  senderOf: caller => (opened === 'imports of anybody' ? null : actual.senderOf(caller)),
});

export const inCallers = (actual: typeof Callers): typeof Callers => ({
  ...actual,
  callerIdentifier: (database, verify) => {
    const identify = actual.callerIdentifier(database, verify);
    return async (credentials, read) => {
      const claims = opened === 'a super admin by the token alone' ? await verify(credentials.token) : null;
      if (!claims?.roles.includes('SUPER_ADMIN')) return identify(credentials, read);
      const { actingTenant, token } = credentials;
      const caller = await identify({ token }, read);
      const tenant = actingTenant
        ? await database.transaction(platformTenant, 'read', tx => selectTenant(tx, actingTenant))
        : undefined;
      const acting = tenant ? { tenantId: tenant.id, tenantExternalId: tenant.external_id, tenantName: tenant.name } : {};
      const roles = new Set<RoleName>([...caller.roles, 'SUPER_ADMIN']);
      return { ...caller, ...acting, roles, tenantWide: true, actsForPlatform: true } satisfies Caller;
    };
  },
});

export function inAnswers(actual: typeof Answers): typeof Answers {
  const shared = new Map<string, string>();
  return {
    ...actual,
    answerGraph: (server, version) => {
      const answer = actual.answerGraph(server, version);
      return (request, response, next) => {
        if (opened !== 'an answer that callers share') return answer(request, response, next);
        const key = JSON.stringify(request.body);
        const known = shared.get(key);
        if (known !== undefined) return void response.type('application/json').end(known);
        return answer(request, keeping(response, body => shared.set(key, body)), next) as ReturnType<RequestHandler>;
      };
    },
  };
}

function keeping(response: Response, keep: (body: string) => void): Response {
  const end = response.end.bind(response) as (body: string) => Response;
  response.end = ((body: string) => {
    keep(body);
    return end(body);
  }) as Response['end'];
  return response;
}

/** What a rule of graphql-shield is made of. */
interface ShieldRule {
  cache: unknown;
  func: unknown;
}

/** A rule of graphql-shield, whose verdict or memory is made another for as long as some work goes on. */
export async function withRules<Result>(
  rules: unknown[],
  other: Partial<ShieldRule>,
  work: () => Promise<Result>,
): Promise<Result> {
  const kept = (rules as ShieldRule[]).map(({ cache, func }) => ({ cache, func }));
  for (const rule of rules as ShieldRule[]) Object.assign(rule, other);
  try {
    return await work();
  } finally {
    (rules as ShieldRule[]).forEach((rule, index) => Object.assign(rule, kept[index]));
  }
}
