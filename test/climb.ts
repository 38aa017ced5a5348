import type { KnownTenant, TenantFixture } from './fixture';

/**
 * The groups above a class, nearest first, by walking up the fixture's placements one by one; null where they do not
 * lead to a group of the hierarchy's first level. What the tree's statements are compared with.
 */
export function climb(fixture: TenantFixture, hierarchy: string, klass: string): string[] | null {
  const { placements = {}, groups = {} } = fixture;
  const parents = placements[hierarchy] ?? {};
  const above: string[] = [];
  let group = parents[klass];
  while (group) {
    above.push(group);
    if (groups[group] === 'country') return above;
    group = parents[group];
  }
  return null;
}

/** The classes at or below a group or class, or, with null, those of 'other'. Inactive ones too. */
export const classesBelow = (fixture: TenantFixture, hierarchy: string, node: string | null): string[] =>
  Object.keys(fixture.classes ?? {}).filter(klass => {
    const above = climb(fixture, hierarchy, klass);
    return node === null ? above === null : node === klass || (above?.includes(node) ?? false);
  });

/**
 * The ids of all nodes that the fixture has in a hierarchy and that have classes, its 'other' and the tenant's own
 * included, each with the classes at or below it.
 */
export function nodesWithClasses(
  fixture: TenantFixture,
  tenant: KnownTenant,
  hierarchy: string,
): Map<string, string[]> {
  const classes = Object.keys(fixture.classes ?? {});
  const named = [...Object.keys(fixture.groups ?? {}), ...classes].map((name): [string, string[]] => [
    tenant.nodeId(name),
    classesBelow(fixture, hierarchy, name),
  ]);
  const whole: [string, string[]][] = [
    [tenant.otherId, classesBelow(fixture, hierarchy, null)],
    [tenant.id, classes],
  ];
  return new Map([...named, ...whole].filter(([, below]) => below.length > 0));
}
