import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import type { Total } from './oracle';

/** For tests alone: reads a written bundle back, and adds its events up along its placements as a report would. */
export type Row = Record<string, string>;
export interface WrittenEvent {
  tenant_id: string; eventId: string; classId: string; userId: string; occurredAt: string; score: number;
  kind: string; framework: string; competency: string; status: string;
}

export const readTable = (folder: string, file: string): Row[] =>
  parse(readFileSync(path.join(folder, file)), { columns: true });

export const readHeader = (folder: string, file: string): string =>
  readFileSync(path.join(folder, file), 'utf8').split('\n')[0]!;

export const readEvents = (folder: string): WrittenEvent[] =>
  readFileSync(path.join(folder, 'activity.ndjson'), 'utf8')
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as WrittenEvent);

/** By `type/external id` of every group and class above or at which the hierarchy finds an event. */
export function totalsThrough(folder: string, hierarchy: string): Map<string, Total> {
  const parentOf = new Map(
    readTable(folder, 'placements.csv')
      .filter(row => row.hierarchy_id === hierarchy && row.parent_id !== '')
      .map(row => [`${row.child_type}/${row.child_id}`, `${row.parent_type}/${row.parent_id}`]),
  );
  const sums = new Map<string, { attempts: number; score: number }>();
  for (const { classId, score } of readEvents(folder)) {
    for (let node: string | undefined = `class/${classId}`; node; node = parentOf.get(node)) {
      const sum = sums.get(node) ?? { attempts: 0, score: 0 };
      sums.set(node, { attempts: sum.attempts + 1, score: sum.score + Math.round(score * 10_000) });
    }
  }
  return new Map([...sums].map(([node, { attempts, score }]) =>
    [node, { attempts, scoreSum: score / 10_000, mean: score / 10_000 / attempts }]));
}

/** The totals of one type of node, by external id. */
export const ofType = (totals: Map<string, Total>, type: string): Map<string, Total> =>
  new Map([...totals].filter(([node]) => node.startsWith(`${type}/`)).map(([node, total]) =>
    [node.slice(type.length + 1), total]));

/** Everything a row refers to that is not there. */
export function danglingReferences(folder: string): string[] {
  const groups = new Set(readTable(folder, 'groups.csv').map(row => `${row.type}/${row.group_id}`));
  const classes = new Set(readTable(folder, 'classes.csv').map(row => `class/${row.class_id}`));
  const users = new Set(readTable(folder, 'users.csv').map(row => row.user_id));
  const competencies = new Set(readTable(folder, 'competencies.csv').map(row => row.competency));
  const hierarchies = new Set(readTable(folder, 'hierarchies.csv').map(row => row.hierarchy_id));
  const node = (type: string, id: string): boolean => groups.has(`${type}/${id}`) || classes.has(`${type}/${id}`);
  const missing: string[] = [];
  const expect = (there: boolean, what: string) => there || missing.push(what);
  for (const row of readTable(folder, 'placements.csv')) {
    expect(hierarchies.has(row.hierarchy_id!), `placement in ${row.hierarchy_id}`);
    expect(node(row.child_type!, row.child_id!), `placement of ${row.child_type} ${row.child_id}`);
    expect(row.parent_id === '' || node(row.parent_type!, row.parent_id!), `placement under ${row.parent_id}`);
  }
  for (const row of readTable(folder, 'classes.csv')) expect(node('school', row.school_id!), `school ${row.school_id}`);
  for (const row of readTable(folder, 'enrolments.csv')) {
    expect(node('class', row.class_id!), `enrolment in ${row.class_id}`);
    expect(users.has(row.user_id!), `enrolment of ${row.user_id}`);
  }
  for (const event of readEvents(folder)) {
    expect(node('class', event.classId), `event in ${event.classId}`);
    expect(users.has(event.userId), `event of ${event.userId}`);
    expect(competencies.has(event.competency), `event about ${event.competency}`);
  }
  return missing;
}

/** Values of these columns that stand in more than one row. */
export function repeated(rows: Row[], columns: string[]): string[] {
  const keys = rows.map(row => columns.map(column => row[column]).join('/'));
  return keys.filter((key, index) => keys.indexOf(key) !== index);
}
