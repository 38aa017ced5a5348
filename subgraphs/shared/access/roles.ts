export const roleNames = ['LEARNER', 'TEACHER', 'OFFICER', 'ORG_ADMIN', 'SUPER_ADMIN', 'PARTNER'] as const;
export type RoleName = (typeof roleNames)[number];

export const isRole = (name: string): name is RoleName => (roleNames as readonly string[]).includes(name);
