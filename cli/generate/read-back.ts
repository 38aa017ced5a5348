import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'csv-parse/sync';

/** For tests only: a bundle as a reader finds it, and what in it refers to nothing. Shares no code with what writes it. */
type Row = Record<string, string>;
export interface Event {
  tenant_id: string; eventId: string; classId: string; userId: string; occurredAt: string;
  score?: number; secondsSpent?: number; kind?: string; subject?: string; contentSource?: string;
  framework?: string; competency?: string; status?: string;
}
export interface ReadBundle { columns: Record<string, string[]>; tables: Record<string, Row[]>; events: Event[] }

export async function readBundle(folder: string): Promise<ReadBundle> {
  const bundle: ReadBundle = { columns: {}, tables: {}, events: [] };
  for (const file of await readdir(folder)) {
    const text = await readFile(path.join(folder, file), 'utf8');
    if (file === 'activity.ndjson') {
      bundle.events = text.trimEnd().split('\n').map(line => JSON.parse(line) as Event);
    } else {
      bundle.columns[file] = (parse(text, { toLine: 1 }) as string[][])[0]!;
      bundle.tables[file] = parse(text, { columns: true });
    }
  }
  return bundle;
}

export const table = ({ tables }: ReadBundle, file: string, tenant?: string): Row[] =>
  (tables[file] ?? []).filter(row => tenant === undefined || row.tenant_id === tenant);

const seeded: Record<string, string[]> = {
  india: ['country', 'state', 'district', 'block', 'cluster', 'school'],
  us: ['country', 'state', 'school_district', 'school'],
  sap: ['country', 'school'],
};

/** References without a target, ids that are there twice, parents that may not be one. */
export function problems(bundle: ReadBundle): string[] {
  const found: string[] = [];
  const known = new Set<string>();
  const key = (...parts: (string | undefined)[]) => parts.join(' | ');
  const declare = (...parts: (string | undefined)[]) => {
    if (known.has(key(...parts))) found.push(`twice: ${key(...parts)}`);
    known.add(key(...parts));
  };
  const refer = (...parts: (string | undefined)[]) => {
    if (!known.has(key(...parts))) found.push(`missing: ${key(...parts)}`);
  };
  const rows = (file: string) => table(bundle, file);
  const levels: Record<string, string[]> = { ...seeded };

  for (const r of rows('hierarchies.csv')) levels[r.hierarchy_id!] = [];
  for (const hierarchy of Object.keys(levels)) declare('hierarchy', hierarchy);
  for (const r of rows('levels.csv')) {
    refer('hierarchy', r.hierarchy_id);
    levels[r.hierarchy_id!]?.splice(Number(r.sequence) - 1, 0, r.type!);
  }
  for (const r of rows('tenants.csv')) declare('tenant', r.tenant_id);
  for (const r of rows('groups.csv')) declare(r.type, r.tenant_id, r.group_id);
  for (const r of rows('classes.csv')) declare('class', r.tenant_id, r.class_id);
  for (const r of rows('users.csv')) {
    declare('user', r.tenant_id, r.user_id);
    declare('login', r.login);
    if (!/^[a-z0-9.-]+@[a-z0-9.-]+$/.test(r.login!)) found.push(`login: ${r.login}`);
  }
  for (const r of rows('competencies.csv')) declare('competency', r.tenant_id, r.framework, r.competency);

  for (const file of Object.keys(bundle.tables)) {
    for (const r of rows(file)) if (r.tenant_id !== undefined) refer('tenant', r.tenant_id);
  }
  for (const r of rows('tenants.csv')) refer('hierarchy', r.applicable_hierarchy_id);
  for (const r of rows('classes.csv')) if (r.school_id) refer('school', r.tenant_id, r.school_id);
  for (const r of [...rows('placements.csv'), ...mappingAsPlacements(bundle)]) {
    declare('placement', r.tenant_id, r.hierarchy_id, r.child_type, r.child_id);
    refer(r.child_type, r.tenant_id, r.child_id);
    const order = [...levels[r.hierarchy_id!] ?? [], 'class'];
    if (r.parent_id) refer(r.parent_type, r.tenant_id, r.parent_id);
    const [child, parent] = [order.indexOf(r.child_type!), order.indexOf(r.parent_type!)];
    const isInOrder = r.parent_id ? parent >= 0 && parent < child : child === 0;
    if (!isInOrder) found.push(`level: ${Object.values(r).join(',')}`);
  }
  for (const r of rows('grants.csv')) {
    refer('user', r.tenant_id, r.user_id);
    refer(r.group_type, r.tenant_id, r.group_id);
  }
  for (const r of rows('enrolments.csv')) {
    declare('enrolment', r.tenant_id, r.class_id, r.user_id, r.type);
    refer('class', r.tenant_id, r.class_id);
    refer('user', r.tenant_id, r.user_id);
    if ((r.status === 'ACTIVE') !== (r.ended_at === '')) found.push(`ended: ${Object.values(r).join(',')}`);
    if (r.ended_at && r.ended_at < r.enrolled_at!) found.push(`ends before it begins: ${Object.values(r).join(',')}`);
  }
  for (const e of bundle.events) {
    declare('event', e.tenant_id, e.eventId);
    refer('class', e.tenant_id, e.classId);
    refer('user', e.tenant_id, e.userId);
    if (e.competency) refer('competency', e.tenant_id, e.framework, e.competency);
  }
  return found;
}

const mappingAsPlacements = (bundle: ReadBundle): Row[] => table(bundle, 'country_school_mapping.csv').map(r => ({
  tenant_id: r.tenant_id!, hierarchy_id: 'sap', child_type: 'school', child_id: r.school_id!,
  parent_type: 'country', parent_id: r.country_id!,
}));

/** The `type id` of the parent of each group and class in a hierarchy, empty for a root, by its own `type id`. */
export function parentsIn(
  bundle: ReadBundle,
  { tenant, hierarchy }: { tenant: string; hierarchy: string },
): Map<string, string> {
  const placements = [...table(bundle, 'placements.csv', tenant), ...mappingAsPlacements(bundle)]
    .filter(r => r.tenant_id === tenant && r.hierarchy_id === hierarchy);
  return new Map(placements.map(r =>
    [`${r.child_type} ${r.child_id}`, r.parent_id ? `${r.parent_type} ${r.parent_id}` : '']));
}

/** The chain from a node's parent up to the root; empty for what is placed nowhere. */
export function ancestorsOf(parents: Map<string, string>, node: string): string[] {
  const chain: string[] = [];
  for (let at = parents.get(node); at; at = parents.get(at)) chain.push(at);
  return chain;
}
