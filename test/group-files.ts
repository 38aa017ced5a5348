import { setTimeout as sleep } from 'node:timers/promises';
import request from 'supertest';
import type { Database } from '../subgraphs/shared/database/database';
import { connectOwner, createTenant, type KnownTenant, type TenantFixture } from './fixture';
import { startGateway, type Asker, type GatewayForTest } from './start-gateway';

export const header = 'group_name,school_natural_id,school_year,subject_code,student_ssid,group_user_login';
/** A file of these rows. */
export const file = (...rows: string[]): string => [header, ...rows].map(row => `${row}\n`).join('');

/** The sample file of the document. */
export const sampleFile = file(
  'JT4thGrade,88800120012001,2018,All,,',
  'JT4thGrade,88800120012001,2018,,,jteacher@example.com',
  'JT4thGrade,88800120012001,2018,,,btutor@example.com',
  'JT4thGrade,88800120012001,2018,,SSID001,',
  'JT4thGrade,88800120012001,2018,,SSID002,',
  'JT4thGrade,88800120012001,2018,,SSID003,',
  'ME6thGradeMath,88800120012001,2018,Math,,',
  'ME6thGradeMath,88800120012001,2018,,,meducator@example.com',
  'ME6thGradeMath,88800120012001,2018,,,sinstructor@example.com',
  'ME6thGradeMath,88800120012001,2018,,SSID010,',
  'ME6thGradeMath,88800120012001,2018,,SSID011,',
  'ME6thGradeMath,88800120012001,2018,,SSID012,',
);

/** A file of so many rows: groups of fifty students and two users, spread over schools. */
export function* largeFile(rows: number, schools: readonly string[]): Generator<string> {
  yield `${header}\n`;
  const perGroup = 52;
  const groups = Math.ceil(rows / perGroup);
  const perSchool = Math.ceil(groups / schools.length);
  for (let row = 0; row < rows; row++) {
    const group = Math.floor(row / perGroup);
    const place = row % perGroup;
    const named = `Group ${group},${schools[Math.floor(group / perSchool)]},2026`;
    if (place < 2) yield `${named},${place === 0 ? 'Math' : ''},,user${group % 500}-${place}@example.com\n`;
    else yield `${named},,S${group * 50 + place - 2},\n`;
  }
}

/** What is at /imports/{id}, as far as tests read it. */
export interface ShownImport {
  id: number;
  status: string;
  message: string;
  digest: string;
  progress?: number;
}

export interface GroupFiles {
  gateway: GatewayForTest;
  owner: Database;
  tenant: KnownTenant;
  /** A request under somebody's token. */
  http(who: Asker): { get(path: string): request.Test; post(path: string): request.Test };
  /** POST /groups/imports with a form, as curl -F does. */
  send(who: Asker, contents: string | Buffer, name?: string): request.Test;
  /** Waits until the import is no longer in line. */
  settled(who: Asker, id: number): Promise<ShownImport>;
  /** Rows of the tenant, past the service. */
  rows<Row = Record<string, unknown>>(sql: string): Promise<Row[]>;
  /** How many rows each table holds that a file could have written to, imports aside. */
  written(): Promise<Record<string, number>>;
  close(): Promise<void>;
}

/** A form of one file, by hand: libraries make a name of a path. */
const formOf = (contents: string | Buffer, name: string): Buffer =>
  Buffer.concat([
    Buffer.from(`--a-line-between\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\n`),
    Buffer.from('content-type: application/octet-stream\r\n\r\n'),
    Buffer.from(contents),
    Buffer.from('\r\n--a-line-between--\r\n'),
  ]);

export const now = new Date('2026-03-20T12:00:00Z');

/** The whole service over one tenant. */
export async function openGroupFiles(fixture: TenantFixture, { background = true } = {}): Promise<GroupFiles> {
  let tenant!: KnownTenant;
  const gateway = await startGateway({
    now,
    background,
    fill: async owner => {
      tenant = await createTenant(owner, fixture);
    },
  });
  const owner = await connectOwner(gateway.database.url);
  const http: GroupFiles['http'] = who => {
    const headers = async (test: request.Test): Promise<void> => {
      const { actingTenant, ...contents } = who;
      test.set('host', 'strata.test');
      test.set('authorization', `Bearer ${await gateway.service.token(contents)}`);
      if (actingTenant !== undefined) test.set('strata-tenant', actingTenant);
    };
    // The token is signed while the request waits to be sent.
    const signed = (test: request.Test): request.Test => {
      const then = test.then.bind(test);
      test.then = ((done: never, failed: never) => headers(test).then(() => then(done, failed))) as never;
      return test;
    };
    return {
      get: path => signed(request(gateway.app).get(path)),
      post: path => signed(request(gateway.app).post(path)),
    };
  };
  const rows: GroupFiles['rows'] = sql => owner.transaction(tenant.number, 'read', tx => tx.query(sql));
  return {
    ...{ gateway, owner, tenant, http, rows },
    send: (who, contents, name = 'demo.csv') =>
      http(who).post('/groups/imports').set('content-type', 'multipart/form-data; boundary=a-line-between')
        .serialize(bytes => bytes as never).send(formOf(contents, name)),
    settled: async (who, id) => {
      for (let tries = 0; tries < 600; tries++) {
        const { body } = await http(who).get(`/imports/${id}`);
        if (body.status !== 'ACCEPTED') return body as ShownImport;
        await sleep(50);
      }
      throw new Error(`import ${id} is still in line`);
    },
    written: async () => {
      const tables = ['people', 'student_groups', 'student_group_students', 'student_group_users'];
      const counts = tables.map(table => `(select count(*)::int from ${table}) as ${table}`);
      return (await rows<Record<string, number>>(`select ${counts.join(', ')}`))[0]!;
    },
    close: async () => {
      await owner.close();
      await gateway.close();
    },
  };
}
