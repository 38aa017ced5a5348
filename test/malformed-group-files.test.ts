import { Random } from '../cli/generate/random';
import { openGroupFiles, sampleFile, type GroupFiles } from './group-files';
import { malformedFile } from './malformed-group-files';
import type { Asker } from './start-gateway';

const admin: Asker = { subject: 'admin', tenant: 'acme', roles: ['ORG_ADMIN'] };
const school = '88800120012001';
const files = 500;

let scene: GroupFiles;
beforeAll(async () => {
  scene = await openGroupFiles({ key: 'acme', groups: { [school]: 'school' }, people: { admin: ['ORG_ADMIN'] } });
  const { body } = await scene.send(admin, sampleFile);
  await scene.settled(admin, body.id);
});
afterAll(() => scene.close());

test(`${files} malformed files are each refused in words, and nothing of them is written`, async () => {
  const random = new Random(2026);
  const before = await scene.written();
  for (let index = 0; index < files; index++) {
    const { kind, contents, name = 'demo.csv' } = malformedFile(index, random, school);
    const asForm = random.below(2) === 0;
    const { status, body } = asForm
      ? await scene.send(admin, contents, name)
      : await scene.http(admin).post(`/groups/imports?batch=${encodeURIComponent(name)}`).set('content-type', 'text/csv')
          .serialize(bytes => bytes as never).send(contents);
    const about = [index, kind, contents.toString('latin1').slice(0, 400)];
    if (status === 202) {
      expect([...about, body.status, body.message]).toEqual([
        ...about, 'BAD_DATA', expect.stringMatching(/^Row: \d+ Failure: [A-Z].{8,}/),
      ]);
      expect(body.message.length).toBeLessThan(30_000);
    } else {
      expect([...about, status, body.detail]).toEqual([...about, 400, expect.stringMatching(/.{20,}/)]);
    }
    expect(JSON.stringify(body)).not.toMatch(/csv-parse|CSV_|\/tmp|select |node_modules|undefined/);
  }
  expect(await scene.written()).toEqual(before);
  expect(scene.gateway.bugs).toEqual([]);
}, 300_000);

test('a form that breaks off or is no form is refused, and nothing of it is written', async () => {
  const random = new Random(7);
  const whole = Buffer.from(
    `--x\r\ncontent-disposition: form-data; name="file"; filename="demo.csv"\r\n\r\n${sampleFile}Extra,${school},2018,,,\r\n--x--\r\n`,
  );
  const before = await scene.written();
  for (let time = 0; time < 50; time++) {
    const { status, body } = await scene.http(admin).post('/groups/imports').set('content-type', 'multipart/form-data; boundary=x')
      .serialize(bytes => bytes as never).send(whole.subarray(0, random.below(whole.length - 8)));
    expect([time, status, body.code]).toEqual([time, 400, 'BAD_USER_INPUT']);
  }
  expect(await scene.written()).toEqual(before);
  expect(scene.gateway.bugs).toEqual([]);
});
