/** The org types of OneRoster, from the widest. */
export const orgTypes = ['national', 'state', 'district', 'local', 'school', 'department'] as const;

export type OrgTypeName = (typeof orgTypes)[number];

/** What org types become where a tenant has not said otherwise: the level of that name in its own hierarchy. */
export function defaultGroupType(orgType: OrgTypeName, levels: readonly string[]): string | null {
  const district = levels.includes('school_district') ? 'school_district' : 'district';
  const groupTypes: Record<OrgTypeName, string | null> = {
    national: 'country',
    state: 'state',
    district,
    local: district,
    school: 'school',
    department: null,
  };
  return groupTypes[orgType];
}
