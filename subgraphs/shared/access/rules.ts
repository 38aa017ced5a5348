import { allow, rule } from 'graphql-shield';
import type { SubgraphContext } from '../subgraph/context';
import { forbidden } from '../errors';
import type { RoleName } from './roles';

type Verdict = true | Error;

/**
 * A rule that names what it checks. Its verdict is never remembered across fields: one verdict for all rows of a
 * request is how a rule that looks at its arguments leaks.
 */
export const check = (name: string, verdict: (context: SubgraphContext, args: never, parent: never) => Verdict | Promise<Verdict>) =>
  rule(name, { cache: 'no_cache' })(async (parent, args, context) => {
    try {
      return await verdict(context as SubgraphContext, args as never, parent as never);
    } catch (error) {
      return error as Error;
    }
  });

/** Anyone whose token was accepted: without one, no field is reached at all. */
export const anyone = allow;

const hasRole = (...roles: RoleName[]) =>
  check(`one of ${roles.join(', ')}`, ({ caller }) =>
    roles.some(role => caller.roles.has(role)) ? true : forbidden(`This needs the role ${roles.join(' or ')}.`),
  );

export const superAdmin = hasRole('SUPER_ADMIN');
export const tenantAdmin = hasRole('ORG_ADMIN', 'SUPER_ADMIN');
/** The roles that see figures of others than themselves. */
export const reportReaders: readonly RoleName[] = ['ORG_ADMIN', 'SUPER_ADMIN', 'OFFICER', 'PARTNER', 'TEACHER'];
export const reportReader = hasRole(...reportReaders);

/** Seeing how an organisation, or the part of it that is granted to them, does: its heads. */
export const organisationHead = hasRole('ORG_ADMIN', 'SUPER_ADMIN', 'OFFICER');

/** Changing the roster: of the whole tenant for its administrators, of the own classes for teachers. */
export const rosterKeeper = hasRole('ORG_ADMIN', 'SUPER_ADMIN', 'TEACHER');

/** Recording activity: the whole tenant's for its administrators, covered classes' for partners. */
export const activitySender = hasRole('ORG_ADMIN', 'SUPER_ADMIN', 'PARTNER');
