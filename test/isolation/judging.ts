import type { RoleName } from '../../subgraphs/shared/access/roles';
import type { WorldCaller } from './callers';
import type { CursorBook } from './pages';
import type { Target } from './service';
import { isUsed, locate, otherId, type WorldNode } from './worlds-of-callers';
import { hierarchies, type WorldTenant } from './world';

/** Who asks, and what there is to judge by. */
export interface Judging {
  /** Which door was asked: by reference, subgraphs refuse each their own. */
  at: Target;
  caller: WorldCaller;
  tenants: WorldTenant[];
  cursors: CursorBook;
  /** Whether the permissions are in force; without them the queries' own scope must hold. */
  permissions: boolean;
}

/** What a field must be for a caller; a Refusal where it must be refused. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what a field is handed is what the rule above it made
export type Rule = (parent: any, args: any, judging: Judging) => unknown;

/** A value that says nothing of anybody's data, or that the tests of its own field judge. */
export const anything = Symbol('anything');

export class Refusal extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}
export const refuse = (code: string): never => {
  throw new Refusal(code);
};

export const needsRole = ({ caller, permissions }: Judging, ...roles: RoleName[]): void => {
  if (permissions && !roles.some(role => caller.roles.has(role))) refuse('FORBIDDEN');
};
export const rosterKeeper = (judging: Judging): void => needsRole(judging, 'ORG_ADMIN', 'SUPER_ADMIN', 'TEACHER');
export const tenantAdmin = (judging: Judging): void => needsRole(judging, 'ORG_ADMIN', 'SUPER_ADMIN');
export const reader = (judging: Judging): void => needsRole(judging, 'ORG_ADMIN', 'SUPER_ADMIN', 'OFFICER', 'PARTNER', 'TEACHER');

/** The hierarchy by its id: it must exist, and the tenant place in it or have it as its own. */
export function usable({ tenant }: WorldCaller, key: string): string {
  if (!hierarchies[key]) refuse('NOT_FOUND');
  if (!isUsed(tenant, key) && key !== tenant.ownHierarchy) refuse('BAD_USER_INPUT');
  return key;
}
export const chosen = (caller: WorldCaller, key?: string | null): string => {
  const named = key ?? caller.asker.hierarchy;
  return named === undefined ? caller.tenant.ownHierarchy : usable(caller, named);
};

export function nodeIn(caller: WorldCaller, hierarchy: string, id: string): WorldNode | null {
  const found = locate(caller, hierarchy, id);
  if (found && !found.visible) refuse('FORBIDDEN');
  return found?.node ?? null;
}

/** The bucket of the uncategorised classes that the caller sees. */
export const other = (caller: WorldCaller, hierarchy: string): WorldNode | null => nodeIn(caller, hierarchy, otherId(caller));

/** One for the levels, one for the placements made when the world was. */
export const version = ({ tenant }: WorldCaller, key: string): number => (isUsed(tenant, key) ? 2 : 1);

export const itself = (parent: unknown): unknown => parent;
