/** The files of a bundle that are read, in the order in which they are. */
export const kinds = ['orgs', 'academicSessions', 'courses', 'classes', 'users', 'roles', 'enrollments'] as const;

export type Kind = (typeof kinds)[number];

export const fileOf = (kind: Kind): string => `${kind}.csv`;

/** A bulk file is all there is, what it leaves out has ended; a delta says what has changed. */
export type Mode = 'bulk' | 'delta';

export type Version = '1.1' | '1.2';
