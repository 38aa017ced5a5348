import { registerEnumType } from 'type-graphql';
import { roleNames, type RoleName } from '../access/roles';

export enum Role {
  LEARNER = 'LEARNER',
  TEACHER = 'TEACHER',
  OFFICER = 'OFFICER',
  ORG_ADMIN = 'ORG_ADMIN',
  SUPER_ADMIN = 'SUPER_ADMIN',
  PARTNER = 'PARTNER',
}

registerEnumType(Role, {
  name: 'Role',
  description: "What a person may do. A role counts when both the token and the person's row carry it.",
});

/** Each name has its value: one that is added to the names alone does not compile. */
const roleOf: Record<RoleName, Role> = Role;

/** The roles of a set, always in the same order. */
export const rolesIn = (names: ReadonlySet<RoleName>): Role[] =>
  roleNames.filter(name => names.has(name)).map(name => roleOf[name]);
