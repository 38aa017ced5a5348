import type { Database } from '../subgraphs/shared/database/database';
import type { Caller } from '../subgraphs/shared/access/caller';

export const groupTypes = ['country', 'state', 'district', 'school'] as const;
export type ModelType = (typeof groupTypes)[number];

/** Levels of the hierarchies under test, as the first migration seeds them, cut to the types used here. */
export const hierarchyTypes: Record<string, string[]> = {
  india: ['country', 'state', 'district', 'block', 'cluster', 'school'],
  us: ['country', 'state', 'school_district', 'school'],
};

export interface ModelEvent {
  eventId: string;
  klass: number;
  person: number;
  day: string;
  score: number | null;
  seconds: number | null;
  kind: 'ASSESSMENT' | 'COLLECTION';
  subject: string | null;
  contentSource: string | null;
  framework: string | null;
}

/** A tenant of its own in the database, and beside it, in plain maps, what must be true of it. */
export class ModelTenant {
  readonly groups: { id: number; type: ModelType }[] = [];
  readonly classes: { id: number; active: boolean }[] = [];
  readonly people: number[] = [];
  readonly events = new Map<string, ModelEvent>();
  /** Per hierarchy: the parent of a placed group or class. */
  readonly groupParents: Record<string, Map<number, number>> = { india: new Map(), us: new Map() };
  readonly classParents: Record<string, Map<number, number>> = { india: new Map(), us: new Map() };

  private constructor(
    readonly database: Database,
    readonly tenantId: number,
  ) {}

  static async create(
    { owner, application }: { owner: Database; application: Database },
    { name, groups, classes, people }: { name: string; groups: ModelType[]; classes: boolean[]; people: number },
  ): Promise<ModelTenant> {
    const tenantId = await owner.transaction(1, 'write', async tx => {
      const [row] = await tx.query<{ id: number }>(`insert into tenants (external_id, name) values ($1, $1) returning id`, [name]);
      return row!.id;
    });
    const tenant = new ModelTenant(application, tenantId);
    await owner.transaction(tenantId, 'write', async tx => {
      await tx.query(
        `insert into tenant_settings (tenant_id, applicable_hierarchy_id, time_zone)
         select $1, id, 'UTC' from hierarchies where key = 'india'`,
        [tenantId],
      );
      const groupRows = await tx.query<{ id: number; type: ModelType }>(
        `insert into groups (tenant_id, type, name) select $1, type, type || ' ' || n
         from unnest($2::text[]) with ordinality given(type, n) order by n returning id, type`,
        [tenantId, groups],
      );
      tenant.groups.push(...groupRows);
      const classRows = await tx.query<{ id: number; active: boolean }>(
        `insert into classes (tenant_id, name, active) select $1, 'class ' || n, active
         from unnest($2::boolean[]) with ordinality given(active, n) order by n returning id, active`,
        [tenantId, classes],
      );
      tenant.classes.push(...classRows);
      const personRows = await tx.query<{ id: number }>(
        `insert into people (tenant_id, external_id, login, roles) select $1, 'p' || n, 'p' || n, '{LEARNER}'
         from generate_series(1, $2) n returning id`,
        [tenantId, people],
      );
      tenant.people.push(...personRows.map(row => row.id));
    });
    return tenant;
  }

  /** An administrator of this tenant, as a subgraph would have identified one. */
  get admin(): Caller {
    return {
      personId: this.people[0]!,
      tenantId: this.tenantId,
      tenantExternalId: 'model',
      tenantName: 'model',
      login: 'admin',
      roles: new Set(['ORG_ADMIN']),
      permissions: [],
      tenantWide: true,
      actsForPlatform: false,
    };
  }

  type(group: number): ModelType {
    return this.groups.find(({ id }) => id === group)!.type;
  }

  /** From a group up to its root, itself first; null where it reaches none. */
  wayUp(hierarchy: string, group: number): number[] | null {
    const parents = this.groupParents[hierarchy]!;
    const way = [group];
    for (let at = group; parents.has(at); ) way.push((at = parents.get(at)!));
    const top = way.at(-1)!;
    return this.type(top) === hierarchyTypes[hierarchy]![0] && this.hasSomethingUnder(hierarchy, top) ? way : null;
  }

  private hasSomethingUnder(hierarchy: string, group: number): boolean {
    const parents = [...this.groupParents[hierarchy]!.values(), ...this.classParents[hierarchy]!.values()];
    return parents.includes(group);
  }

  /** The groups at or above a class, its own parent first; empty for a class in 'other'. */
  above(hierarchy: string, klass: number): number[] {
    const parent = this.classParents[hierarchy]!.get(klass);
    return parent === undefined ? [] : (this.wayUp(hierarchy, parent) ?? []);
  }

  /** Whether `below` hangs somewhere under `group`. */
  hangsBelow(hierarchy: string, below: number, group: number): boolean {
    const parents = this.groupParents[hierarchy]!;
    for (let at: number | undefined = below; at !== undefined; at = parents.get(at)) if (at === group) return true;
    return false;
  }
}
