import { createHash } from 'node:crypto';
import type { Asker } from '../../../../test/start-gateway';
import { file, openGroupFiles, sampleFile, type GroupFiles } from '../../../../test/group-files';

const admin: Asker = { subject: 'admin', tenant: 'acme', roles: ['ORG_ADMIN'] };
const writer: Asker = { subject: 'writer', tenant: 'acme', roles: ['OFFICER'], permissions: ['GROUP_WRITE'] };
const officer: Asker = { subject: 'writer', tenant: 'acme', roles: ['OFFICER'] };
const other: Asker = { subject: 'other', tenant: 'acme', roles: ['OFFICER'], permissions: ['GROUP_WRITE'] };
const stranger: Asker = { subject: 'other', tenant: 'acme', roles: ['LEARNER'], permissions: ['GROUP_WRITE'] };
const md5 = (contents: string) => createHash('md5').update(contents).digest('hex').toUpperCase();

let files: GroupFiles;
beforeAll(async () => {
  files = await openGroupFiles({
    key: 'acme',
    groups: {
      land: 'country', north: 'state', south: 'state',
      '88800120012001': 'school', '88800120012003': 'school', far: 'school', loose: 'school',
    },
    placements: {
      india: { land: null, north: 'land', south: 'land', '88800120012001': 'north', '88800120012003': 'north', far: 'south' },
    },
    people: { admin: ['ORG_ADMIN'], writer: ['OFFICER'], other: ['OFFICER', 'LEARNER'] },
    grants: { writer: ['north'], other: ['south', 'loose'] },
  });
});
afterEach(() => expect(files.gateway.bugs).toEqual([]));
afterAll(() => files.close());

describe("the document's own examples", () => {
  test('its sample file is accepted with its answer, and then processed', async () => {
    const { status, body } = await files.send(admin, sampleFile);
    expect(status).toBe(202);
    const origin = 'http://strata.test'; // as the request itself says
    expect(body).toEqual({
      id: expect.any(Number),
      content: 'GROUPS',
      contentType: 'text/csv',
      digest: md5(sampleFile),
      status: 'ACCEPTED',
      batch: 'demo.csv',
      creator: 'admin',
      created: '2026-03-20T12:00:00.000000Z',
      updated: '2026-03-20T12:00:00.000000Z',
      message: '2 groups accepted for 88800120012001.',
      _links: {
        self: { href: `${origin}/imports/${body.id}` },
        payload: { href: `${origin}/imports/${body.id}/payload` },
        'payload-properties': { href: `${origin}/imports/${body.id}/payload/properties` },
      },
    });
    const { updated: _then, status: _was, ...same } = body;
    expect(await files.settled(admin, body.id)).toEqual({ ...same, status: 'PROCESSED', updated: expect.any(String) });
  });

  test('its message names schools in the order of the file, one group or several', async () => {
    const contents = file('A,88800120012003,2018,All,,', 'A,88800120012001,2018,,S1,u@example.com');
    const { body } = await files.send(admin, contents);
    expect(body.message).toBe('1 group accepted for 88800120012003.\n1 group accepted for 88800120012001.');
    await files.settled(admin, body.id);
  });

  test('a corrupted header is 202 with its BAD_DATA answer', async () => {
    const { status, body } = await files.send(admin, sampleFile.replace('group_name', 'gruop_name'));
    expect(status).toBe(202);
    expect(body).toMatchObject({
      contentType: 'application/octet-stream',
      status: 'BAD_DATA',
      message:
        'Row: 0 Failure: Invalid headers. Headers must be in order: ' +
        '[group_name,school_natural_id,school_year,subject_code,student_ssid,group_user_login]\n' +
        'Row: 0 Failure: File does not appear to be a valid CSV with a header row',
    });
  });
});

describe('a file may be sent', () => {
  test('raw, as text/csv', async () => {
    const { status, body } = await files.http(admin).post('/groups/imports?batch=raw.csv')
      .set('content-type', 'text/csv').send(file('Raw,far,2020,ela,,'));
    expect([status, body.status, body.batch]).toEqual([202, 'ACCEPTED', 'raw.csv']);
    await files.settled(admin, body.id);
  });

  test('with a bearer token that carries the permission GROUP_WRITE, for the schools granted', async () => {
    const sound = await files.send(writer, file('W,88800120012001,2020,,,'));
    expect([sound.status, sound.body.status]).toEqual([202, 'ACCEPTED']);
    await files.settled(writer, sound.body.id);
    const { body } = await files.send(writer, file('W,far,2020,,,', 'W,nowhere,2020,,,'));
    expect(body.message).toBe(
      'Row: 1 Failure: School [far] can not be found\nRow: 2 Failure: School [nowhere] can not be found',
    );
    const loose = await files.send(other, file('O,loose,2020,,,'));
    expect(loose.body.message).toBe('1 group accepted for loose.');
  });

  test('with the permission alone and no role whose grants count, for no school', async () => {
    const { body } = await files.send(stranger, file('O,far,2020,,,'));
    expect(body.message).toBe('Row: 1 Failure: School [far] can not be found');
  });

  test('401 without a token, 403 without the permission', async () => {
    const nobody = await files.http({ ...admin, subject: 'nobody' }).post('/groups/imports').send(sampleFile);
    expect([nobody.status, nobody.body.code]).toEqual([401, 'UNAUTHENTICATED']);
    const refused = await files.send(officer, sampleFile);
    expect([refused.status, refused.body.code]).toEqual([403, 'FORBIDDEN']);
    for (const path of ['/groups/imports', '/groups/export', '/groups/template']) {
      expect((await files.http(officer).get(path)).status).toBe(403);
    }
  });

  test('400 without a file, with two of them, or with a path for a name', async () => {
    const { http, send } = files;
    const answers = [
      await http(admin).post('/groups/imports'),
      await http(admin).post('/groups/imports').field('note', 'no file'),
      await http(admin).post('/groups/imports').attach('file', Buffer.from('a'), 'a').attach('file', Buffer.from('b'), 'b'),
      await http(admin).post('/groups/imports').set('content-type', 'application/json').send('{}'),
      await http(admin).post('/groups/imports').set('content-type', 'multipart/form-data').send('x'),
      await http(admin).post('/groups/imports').set('content-type', 'multipart/form-data; boundary=x').send('--x\r\n'),
      await http(admin).post('/groups/imports?batch=../../etc/passwd').set('content-type', 'text/csv').send(sampleFile),
      await send(admin, sampleFile, 'C:\\temp\\x.csv'),
    ];
    for (const { status, body } of answers) expect([status, body.code]).toEqual([400, 'BAD_USER_INPUT']);
  });
});

describe('following an import', () => {
  let id: number;
  const contents = file('Followed,88800120012001,2021,Math,F1,');
  beforeAll(async () => {
    ({ id } = (await files.send(writer, contents)).body);
    await files.settled(writer, id);
  });

  test('payload and its properties can be read back, to the byte', async () => {
    const payload = await files.http(writer).get(`/imports/${id}/payload`).buffer(true);
    expect([payload.status, payload.text, payload.type]).toEqual([200, contents, 'text/csv']);
    const { body } = await files.http(writer).get(`/imports/${id}/payload/properties`);
    expect(body).toEqual({
      filename: 'demo.csv', contentType: 'text/csv', digest: md5(contents), bytes: contents.length, records: 1,
      username: 'writer',
    });
  });

  test('a payload is for keeping, whatever it is: no browser shows it, runs it or guesses at it', async () => {
    const page = '<html><script>alert(document.domain)</script>';
    const { body } = await files.send(writer, page, 'groups.html');
    expect(body.status).toBe('BAD_DATA');
    const { status, type, headers, body: bytes } = await files.http(admin).get(`/imports/${body.id}/payload`).responseType('blob');
    expect([status, type, String(bytes)]).toEqual([200, 'application/octet-stream', page]);
    expect(headers).toMatchObject({
      'content-disposition': `attachment; filename="${body.id}.csv"; filename*=UTF-8''groups.html.csv`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    expect((await files.http(other).get(`/imports/${body.id}/payload`)).status).toBe(404);
    expect((await files.http({ ...admin, subject: 'nobody' }).get(`/imports/${body.id}/payload`)).status).toBe(401);
  });

  test('is for who sent it and for administrators; for others there is no such import', async () => {
    for (const path of [`/imports/${id}`, `/imports/${id}/payload`, `/imports/${id}/payload/properties`]) {
      expect((await files.http(admin).get(path)).status).toBe(200);
      expect((await files.http(other).get(path)).status).toBe(404);
    }
    for (const none of ['0', '999999999', '99999999999999', 'x', '%00', '-1']) {
      expect((await files.http(admin).get(`/imports/${none}`)).status).toBe(404);
    }
    const listed = async (who: Asker, query = '') => (await files.http(who).get(`/groups/imports${query}`)).body;
    expect((await listed(other)).map((one: { id: number }) => one.id)).not.toContain(id);
    expect((await listed(writer)).every((one: { creator: string }) => one.creator === 'writer')).toBe(true);
    expect((await listed(admin, '?status=PROCESSED&first=1'))[0]).toMatchObject({ status: 'PROCESSED' });
    expect((await files.http(admin).get('/groups/imports?status=X')).status).toBe(400);
  });

  test('who sends the same content, and may, follows the same import', async () => {
    const contentOfBoth = file('Both,88800120012001,2022,Math,F1,');
    const first = await files.send(admin, contentOfBoth);
    const again = await files.send(writer, contentOfBoth);
    expect(again.body.id).toBe(first.body.id);
    expect((await files.http(writer).get(`/imports/${first.body.id}`)).status).toBe(200);
    const refused = await files.send(other, contentOfBoth);
    expect([refused.body.status, refused.body.id === first.body.id]).toEqual(['BAD_DATA', false]);
    await files.settled(admin, first.body.id);
  });
});

describe('the same content', () => {
  test('that was processed is not processed twice: the answer is the earlier import', async () => {
    const contents = file('Once,far,2023,,S1,');
    const { body } = await files.send(admin, contents);
    const done = await files.settled(admin, body.id);
    await files.settled(admin, (await files.send(admin, file('Once,far,2023,,S2,'))).body.id);
    expect((await files.send(admin, contents, 'another-name.csv')).body).toEqual(done);
    const students = await files.rows(`select people.external_id from student_group_students
      join student_groups on student_groups.id = student_group_students.student_group_id
      join people on people.id = student_group_students.person_id where student_groups.name = 'Once'`);
    expect(students).toEqual([{ external_id: 'S2' }]);
  });

  test('that failed before is checked again, under the same id', async () => {
    const contents = file('Later,comes-later,2023,,,');
    const failed = await files.send(admin, contents);
    expect(failed.body).toMatchObject({ status: 'BAD_DATA', message: 'Row: 1 Failure: School [comes-later] can not be found' });
    await files.owner.transaction(files.tenant.number, 'write', tx =>
      tx.query(`insert into groups (tenant_id, external_id, type, name) values ($1, 'comes-later', 'school', 'New')`, [tx.tenantId]),
    );
    const again = await files.send(admin, contents);
    expect(again.body).toMatchObject({ id: failed.body.id, status: 'ACCEPTED', message: '1 group accepted for comes-later.' });
    expect(await files.settled(admin, again.body.id)).toMatchObject({ status: 'PROCESSED' });
  });

  test('resubmitted goes the same way, without the file', async () => {
    const failed = await files.send(writer, file('Later,by-resubmit,2023,,,'));
    expect(failed.body.status).toBe('BAD_DATA');
    await files.owner.transaction(files.tenant.number, 'write', tx =>
      tx.query(`insert into groups (tenant_id, external_id, type, name) values ($1, 'by-resubmit', 'school', 'New')`, [tx.tenantId]),
    );
    const own = await files.http(writer).post('/groups/imports/resubmit');
    expect(own.body).toContainEqual(expect.objectContaining({ id: failed.body.id, status: 'BAD_DATA' }));
    const all = await files.http(admin).post('/groups/imports/resubmit');
    expect(all.status).toBe(202);
    expect(all.body).toContainEqual(expect.objectContaining({ id: failed.body.id, status: 'ACCEPTED' }));
    expect(await files.settled(writer, failed.body.id)).toMatchObject({ status: 'PROCESSED' });
  });
});
