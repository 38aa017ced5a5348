import fs from 'node:fs';
import path from 'node:path';
import { withUpload, type Upload } from './upload';

const megabyte = Buffer.alloc(2 ** 20, 'x');

async function* megabytes(count: number, andThen?: Error): AsyncGenerator<Buffer> {
  for (let sent = 0; sent < count; sent++) yield megabyte;
  if (andThen) throw andThen;
}

const request = (body: AsyncIterable<Buffer>, headers: Record<string, string> = { 'content-type': 'text/csv' }) => ({
  headers,
  query: new URLSearchParams(),
  body,
});

test('a file is there while it is worked on, for nobody else to read, and gone afterwards', async () => {
  let seen: Upload | undefined;
  const size = await withUpload(request(megabytes(3)), async upload => {
    seen = upload;
    expect(fs.statSync(upload.path).mode & 0o077).toBe(0);
    return fs.statSync(upload.path).size;
  });
  expect([size, seen!.bytes, fs.existsSync(path.dirname(seen!.path))]).toEqual([3 * 2 ** 20, 3 * 2 ** 20, false]);
});

test.each([
  ['raw', { 'content-type': 'text/csv' }, ''],
  ['in a form', { 'content-type': 'multipart/form-data; boundary=x' }, '--x\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'],
])('a file of more than 128 MB is refused as it comes, %s', async (_, headers, before) => {
  let sent = 0;
  async function* endless(): AsyncGenerator<Buffer> {
    if (before) yield Buffer.from(before);
    for (;;) {
      sent++;
      yield megabyte;
    }
  }
  const work = jest.fn();
  await expect(withUpload(request(endless(), headers), work)).rejects.toMatchObject({ code: 'TOO_LARGE' });
  expect(work).not.toHaveBeenCalled();
  expect(sent).toBeLessThan(140);
});

test('of an upload that breaks off nothing is taken', async () => {
  const work = jest.fn();
  await expect(withUpload(request(megabytes(2, new Error('aborted'))), work)).rejects.toThrow('aborted');
  expect(work).not.toHaveBeenCalled();
});
