import type { Kind } from './records';
import type { Reference } from './records.queries';

/** What rows may name that need not be there for them to be loaded. What an enrolment or role cannot do without is not here. */
const references: Record<Kind, Omit<Reference, 'kind'>[]> = {
  orgs: [{ field: 'parent', column: 'parentSourcedId', to: 'orgs' }],
  academicSessions: [{ field: 'parent', column: 'parentSourcedId', to: 'academicSessions' }],
  courses: [{ field: 'org', column: 'orgSourcedId', to: 'orgs' }],
  classes: [
    { field: 'school', column: 'schoolSourcedId', to: 'orgs' },
    { field: 'course', column: 'courseSourcedId', to: 'courses' },
    { field: 'terms', column: 'termSourcedIds', list: true, to: 'academicSessions' },
  ],
  users: [{ field: 'orgs', column: 'orgSourcedIds', list: true, to: 'orgs' }],
  roles: [{ field: 'org', column: 'orgSourcedId', to: 'orgs' }],
  enrollments: [{ field: 'school', column: 'schoolSourcedId', to: 'orgs' }],
};

export const referencesOf = (kind: Kind): Omit<Reference, 'kind'>[] => references[kind];
