import type { BundleRow } from './bundle-folder';
import { nationOf } from './nations';

/** What stands where: the university's groups and classes in its two hierarchies, as rows of a bundle. */
export const TENANT = 'oulad';
export const CURRICULUM = 'oulad-curriculum';
export const REGIONS = 'oulad-regions';

const UNIVERSITY = 'Open University';
const KINGDOM = 'United Kingdom';
/** Stands in a class's id where studentInfo.csv leaves the region empty. */
const NO_REGION = 'unknown';

export interface Presentation { id: string; module: string; code: string; start: string }
export interface StudyClass { id: string; presentation: Presentation; region: string }

export const presentationId = (module: string, code: string): string => `${module}-${code}`;

export const studyClass = (presentation: Presentation, region: string): StudyClass => {
  const known = region || NO_REGION;
  return { id: `${presentation.id}-${known}`, presentation, region: known };
};

export const hierarchyRows: BundleRow<'hierarchies.csv'>[] = [
  { hierarchy_id: CURRICULUM, name: 'Curriculum', description: 'University, module, presentation' },
  { hierarchy_id: REGIONS, name: 'Regions', description: 'Country, nation, region' },
];

/** Named as people know them, typed as the schema does; the class is every hierarchy's last level by itself. */
export const levelRows: BundleRow<'levels.csv'>[] = [
  ...levels(CURRICULUM, [['University', 'country'], ['Module', 'school_district'], ['Presentation', 'school']]),
  ...levels(REGIONS, [['Country', 'country'], ['Nation', 'state'], ['Region', 'district']]),
];

export function groupRows(presentations: Presentation[], classes: StudyClass[]): BundleRow<'groups.csv'>[] {
  const group = (type: string, id: string, { name = id, code = '' } = {}) =>
    ({ tenant_id: TENANT, group_id: id, type, name, code });
  return [
    group('country', UNIVERSITY),
    ...modules(presentations).map(module => group('school_district', module, { code: module })),
    ...presentations.map(({ id, code }) => group('school', id, { name: code, code: id })),
    group('country', KINGDOM),
    ...nations(classes).map(nation => group('state', nation)),
    ...regions(classes).map(region => group('district', region)),
  ];
}

export function classRows(classes: StudyClass[]): BundleRow<'classes.csv'>[] {
  return classes.map(({ id, presentation, region }) => ({
    tenant_id: TENANT,
    class_id: id,
    name: `${presentation.module} ${presentation.code} ${region === NO_REGION ? '(no region)' : region}`,
    code: '',
    grade: presentation.id,
    subject: '',
    school_id: presentation.id,
    active: 'true',
  }));
}

/**
 * A region whose nation is not known hangs nowhere, and a class without a region under none: in Regions both are then
 * found under 'other', where whoever knows better can place them, and the totals of the two hierarchies still agree.
 */
export function placementRows(presentations: Presentation[], classes: StudyClass[]): BundleRow<'placements.csv'>[] {
  const place = (hierarchy: string, [childType, child]: [string, string], [parentType, parent]: [string, string]) => ({
    tenant_id: TENANT,
    hierarchy_id: hierarchy,
    child_type: childType,
    child_id: child,
    parent_type: parentType,
    parent_id: parent,
  });
  return [
    place(CURRICULUM, ['country', UNIVERSITY], ['', '']),
    ...modules(presentations).map(module =>
      place(CURRICULUM, ['school_district', module], ['country', UNIVERSITY])),
    ...presentations.map(({ id, module }) => place(CURRICULUM, ['school', id], ['school_district', module])),
    ...classes.map(({ id, presentation }) => place(CURRICULUM, ['class', id], ['school', presentation.id])),
    place(REGIONS, ['country', KINGDOM], ['', '']),
    ...nations(classes).map(nation => place(REGIONS, ['state', nation], ['country', KINGDOM])),
    ...regions(classes).flatMap(region => {
      const nation = nationOf(region);
      return nation ? [place(REGIONS, ['district', region], ['state', nation])] : [];
    }),
    ...classes
      .filter(({ region }) => region !== NO_REGION)
      .map(({ id, region }) => place(REGIONS, ['class', id], ['district', region])),
  ];
}

/** In the order of their first appearance; those that the files leave empty are no region. */
export const regions = (classes: StudyClass[]): string[] =>
  [...new Set(classes.map(({ region }) => region))].filter(region => region !== NO_REGION);

const modules = (presentations: Presentation[]): string[] => [...new Set(presentations.map(({ module }) => module))];

const nations = (classes: StudyClass[]): string[] =>
  [...new Set(regions(classes).map(nationOf))].filter(nation => nation !== null);

function levels(hierarchy: string, names: [name: string, type: string][]): BundleRow<'levels.csv'>[] {
  return names.map(([name, type], index) =>
    ({ hierarchy_id: hierarchy, sequence: String(index + 1), name, type, stored: 'true' }));
}
