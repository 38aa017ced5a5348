/** What a user's role in a file becomes. A file never makes an administrator: see docs/decisions/0028. */
const roleOf: Record<string, 'LEARNER' | 'TEACHER' | 'OFFICER'> = {
  student: 'LEARNER',
  teacher: 'TEACHER',
  aide: 'TEACHER',
  proctor: 'TEACHER',
  administrator: 'OFFICER',
  counselor: 'OFFICER',
  districtadministrator: 'OFFICER',
  principal: 'OFFICER',
  siteadministrator: 'OFFICER',
  systemadministrator: 'OFFICER',
};

/** Roles of people who have nothing to see here. */
const withoutRole = ['guardian', 'parent', 'relative'];

/** Also the roles that a customer has defined: 'ext:' and a name of its own. */
const extension = /^ext:/;

export const expectedRoles = 'a role of OneRoster such as student, teacher, aide, proctor, administrator or guardian';

/** In lower case. What is not known is undefined; of a role that gives nothing here: null. */
export function givenRole(role: string): string | null | undefined {
  const name = role.toLowerCase();
  if (name in roleOf) return roleOf[name];
  return withoutRole.includes(name) || extension.test(name) ? null : undefined;
}

const typeOf: Record<string, 'STUDENT' | 'TEACHER' | null> = {
  student: 'STUDENT',
  teacher: 'TEACHER',
  aide: 'TEACHER',
  proctor: 'TEACHER',
  administrator: null,
};

/** What an enrolment's role makes of it: null is sound, and no member of the class. */
export const enrolmentType = (role: string): 'STUDENT' | 'TEACHER' | null | undefined =>
  Object.hasOwn(typeOf, role.toLowerCase()) ? typeOf[role.toLowerCase()] : undefined;
