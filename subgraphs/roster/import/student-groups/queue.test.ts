import { openGroupFiles, file, type GroupFiles } from '../../../../test/group-files';
import type { Asker } from '../../../../test/start-gateway';
import { startImportQueue } from './queue';

const admin: Asker = { subject: 'admin', tenant: 'acme', roles: ['ORG_ADMIN'] };
const platform: Asker = { subject: 'root', tenant: 'platform', roles: ['SUPER_ADMIN'] };

let files: GroupFiles;
beforeAll(async () => {
  files = await openGroupFiles(
    { key: 'acme', groups: { s1: 'school', s2: 'school' }, people: { admin: ['ORG_ADMIN'] } },
    { background: false },
  );
  await files.owner.transaction(1, 'write', tx =>
    tx.query(`insert into people (tenant_id, external_id, login, roles) values (1, 'root', 'root', '{SUPER_ADMIN}')`),
  );
});
afterAll(() => files.close());

const database = () => files.gateway.service.subgraph('roster').database;

test('files wait until somebody works on them, and are then worked off in the order they came', async () => {
  const ids: number[] = [];
  for (const student of ['A', 'B', 'C']) {
    const { body } = await files.send(admin, file(`G,s1,2026,,${student},`));
    expect(body.status).toBe('ACCEPTED');
    ids.push(body.id);
  }
  expect((await files.written()).student_groups).toBe(0);
  // Several at once take turns.
  const queues = [1, 2, 3].map(() => startImportQueue({ database: database(), round: 50 }));
  for (const id of ids) expect(await files.settled(admin, id)).toMatchObject({ status: 'PROCESSED' });
  await Promise.all(queues.map(queue => queue.stop()));
  const students = await files.rows(`select people.external_id from student_group_students
    join people on people.id = student_group_students.person_id`);
  expect(students).toEqual([{ external_id: 'C' }]);
});

test('a sound file that cannot be applied is given up after five tries, and resubmitted it goes in', async () => {
  const { body } = await files.send(admin, file('G,s2,2026,,D,'));
  const rename = (from: string, to: string) =>
    files.owner.transaction(files.tenant.number, 'write', tx =>
      tx.query('update groups set external_id = $3 where tenant_id = $1 and external_id = $2', [tx.tenantId, from, to]),
    );
  await rename('s2', 'gone');
  const errors: unknown[] = [];
  const queue = startImportQueue({ database: database(), round: 20, onError: error => errors.push(error) });
  const given = await files.settled(admin, body.id);
  expect(given).toMatchObject({
    status: 'BAD_DATA',
    message: 'Row: 0 Failure: The file was sound, but could not be processed. Please resubmit it.',
  });
  expect(errors.map(String)).toEqual(Array.from({ length: 5 }, () => "Error: there is no school 's2' any more"));
  await rename('gone', 's2');
  await files.http(admin).post('/groups/imports/resubmit');
  expect(await files.settled(admin, body.id)).toMatchObject({ status: 'PROCESSED', message: '1 group accepted for s2.' });
  await queue.stop();
});

test('a super admin sends a file for the tenant acted in, and it is no person of that tenant who sent it', async () => {
  const { body } = await files.send({ ...platform, actingTenant: 'acme' }, file('Super,s1,2026,,,'));
  expect(body).toMatchObject({ status: 'ACCEPTED', creator: 'root' });
  expect(await files.rows(`select creator_id, senders from imports where id = ${body.id}`)).toEqual([
    { creator_id: null, senders: [] },
  ]);
  expect((await files.http(platform).get(`/imports/${body.id}`)).status).toBe(404);
  expect((await files.http(admin).get(`/imports/${body.id}`)).status).toBe(200);
});
