import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { directUrlOf, type TestDatabase } from './database';
import { loadBundle, type LoadOptions, type LoadResult } from '../subgraphs/roster/import/bundle/load-bundle';

/** For tests only: a bundle as text, by file. */
export type Bundle = Record<string, string | Buffer>;

export const now = new Date('2026-03-20T06:00:00Z');

/** Two tenants in an Indian hierarchy and one of their own, with everything a bundle can hold. */
export const sample = (): Record<string, string> => ({
  'tenants.csv': lines(
    'tenant_id,name,applicable_hierarchy_id,time_zone',
    'north,North,india,Asia/Kolkata',
    'south,South,short,America/New_York',
  ),
  'hierarchies.csv': lines('hierarchy_id,name,description', 'short,Short,District and school'),
  'levels.csv': lines(
    'hierarchy_id,sequence,name,type,stored,provider_type,provider_level',
    'short,1,District,district,true,federal_district,20',
    'short,2,School,school,no,,',
    'sap,1,Country,country,1,,',
  ),
  'groups.csv': lines(
    'tenant_id,group_id,type,name,code',
    'north,in,country,India,IN',
    'south,d1,district,Kings,',
    'north,s1,state,Goa,GA',
    'north,d1,district,North Goa,',
    'north,1,school,First School,',
    'south,1,school,Second School,',
  ),
  'users.csv': lines(
    'tenant_id,user_id,login,role,given_name,family_name',
    'north,t1,teacher@north,TEACHER|OFFICER,Asha,Naik',
    'north,l1,learner@north,LEARNER,"Ravi, jr.",',
    'south,l1,learner@south,LEARNER,,',
  ),
  'classes.csv': lines(
    'tenant_id,class_id,name,code,grade,subject,school_id,active',
    'north,c1,Class 1,,5,Maths,1,true',
    'north,c2,Class 2,,5,Maths,1,false',
    'south,c1,Class 1,,,,,',
  ),
  'placements.csv': lines(
    'tenant_id,hierarchy_id,child_type,child_id,parent_type,parent_id',
    'north,india,class,c1,school,1',
    'north,india,class,c2,school,1',
    'north,india,school,1,district,d1',
    'north,india,district,d1,state,s1',
    'north,india,state,s1,country,in',
    'south,short,district,d1,,',
    'south,short,school,1,district,d1',
    'south,short,class,c1,school,1',
  ),
  'country_school_mapping.csv': lines('tenant_id,country_id,school_id', 'north,in,1'),
  'grants.csv': lines('tenant_id,user_id,group_type,group_id', 'north,t1,district,d1'),
  'enrolments.csv': lines(
    'tenant_id,class_id,user_id,type,status,enrolled_at,ended_at',
    'north,c1,t1,TEACHER,ACTIVE,2026-01-01,',
    'north,c1,l1,STUDENT,ACTIVE,2026-01-05T09:00:00+05:30,',
    'north,c2,l1,STUDENT,WITHDRAWN,2026-01-05,',
    'south,c1,l1,STUDENT,INACTIVE,2026-01-05,2026-02-01',
  ),
  'competencies.csv': lines(
    'tenant_id,framework,subject,grade,competency,title',
    'north,NCF,Maths,5,M1,Adds fractions',
    'north,NCF,,,M2,Counts',
    'south,CCSS,,,M1,Adds',
  ),
  'activity.ndjson': lines(
    event('north', { eventId: 'e1', classId: 'c1', userId: 'l1', score: 80 }),
    event('south', { eventId: 'e1', classId: 'c1', userId: 'l1', secondsSpent: 60 }),
    event('north', {
      eventId: 'e2', classId: 'c1', userId: 'l1', framework: 'NCF', competency: 'M1', status: 'COMPLETED',
    }),
  ),
});

export const lines = (...rows: string[]): string => rows.map(row => `${row}\n`).join('');

export const event = (tenant: string, fields: object): string =>
  JSON.stringify({ tenant_id: tenant, occurredAt: '2026-03-10T05:00:00Z', ...fields });

/** The sample with these rows after its own. */
export function sampleWith(more: Record<string, string[]>): Bundle {
  const bundle = sample();
  for (const [file, rows] of Object.entries(more)) bundle[file] += lines(...rows);
  return bundle;
}

type Options = Partial<Pick<LoadOptions, 'now' | 'onProgress' | 'stepDown'>>;

export async function load({ url }: TestDatabase, bundle: Bundle, options: Options = {}): Promise<LoadResult> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-bundle-'));
  try {
    for (const [file, contents] of Object.entries(bundle)) fs.writeFileSync(path.join(dir, file), contents);
    return await loadBundle({ databaseUrl: directUrlOf(url), dir, now, ...options });
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
}

/** Looks past row-level security. */
export async function look<Row = Record<string, unknown>>({ adminUrl }: TestDatabase, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end();
  }
}
